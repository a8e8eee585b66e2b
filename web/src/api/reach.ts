// Whether the server could be reached when it was last asked for something.
import { useSyncExternalStore } from "react";

let reached = true;
const watchers = new Set<() => void>();

export function watchReach(watcher: () => void) {
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
  };
}

export const isReached = () => reached;

export function noteReach(now: boolean) {
  if (now === reached) return;
  reached = now;
  for (const watcher of watchers) watcher();
}

export const useReached = () => useSyncExternalStore(watchReach, isReached, () => true);
