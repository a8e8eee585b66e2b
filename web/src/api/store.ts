// A value outside of the tree of components that any of them can watch.
import { useSyncExternalStore } from "react";

export function storeOf<T>(first: T) {
  let value = first;
  const watchers = new Set<() => void>();
  const get = () => value;
  const watch = (watcher: () => void) => {
    watchers.add(watcher);
    return () => {
      watchers.delete(watcher);
    };
  };
  return {
    get,
    watch,
    set: (next: T) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const watcher of watchers) watcher();
    },
    /** In a component: the value, and another look when it has changed. */
    use: () => useSyncExternalStore(watch, get, get),
  };
}
