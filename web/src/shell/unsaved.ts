// What is typed and not saved, on a page or in what is open above it: before it is left, somebody is asked.
import { createContext, useContext, useEffect } from "react";
import { storeOf } from "~/api/store";

/** A drawer or a dialog; null is the page. */
export const Layer = createContext<object | null>(null);

interface Guard {
  layer: object | null;
  /** What will be lost. */
  lost: string;
}

const guards = new Set<Guard>();

/** The question that is open. */
export const leaving = storeOf<{ lost: string; leave: () => void } | null>(null);

const guardOf = (layer?: object | null) =>
  [...guards].find((guard) => layer === undefined || guard.layer === layer);

/** Whether anything on the page or above it would be lost. */
export const isUnsaved = () => guardOf() !== undefined;

/** Leaves the page, or only closes a layer: at once, or when somebody agrees to lose what is unsaved there. */
export function leaveFor(leave: () => void, layer?: object | null) {
  const guard = guardOf(layer);
  if (guard) leaving.set({ lost: guard.lost, leave });
  else leave();
}

/** Asks before something unsaved is left; when there is no word for it, only before the app is. */
export function useGuard(unsaved: boolean, lost?: string) {
  const layer = useContext(Layer);
  useEffect(() => {
    if (!unsaved) return;
    const guard = lost && { layer, lost };
    const unload = (event: BeforeUnloadEvent) => event.preventDefault();
    if (guard) guards.add(guard);
    window.addEventListener("beforeunload", unload);
    return () => {
      if (guard) guards.delete(guard);
      window.removeEventListener("beforeunload", unload);
    };
  }, [unsaved, lost, layer]);
}
