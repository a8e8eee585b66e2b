// The cache of what the server said, the keys by which it is refreshed, and its rows by their ids.
import { focusManager, QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Problem } from "./client";
import { isReached, watchReach } from "./reach";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // Asks also when the browser believes to be offline, so that a page says it instead of waiting.
      networkMode: "always",
      retry: (count, error) =>
        count < 2 && error instanceof Problem && (error.status === 0 || error.status === 503),
    },
    mutations: { networkMode: "always" },
  },
});

// Windows that stand side by side are both visible: one that is turned to has become stale, too.
if (typeof window !== "undefined")
  focusManager.setEventListener((onFocus) => {
    const look = () => onFocus();
    window.addEventListener("visibilitychange", look);
    window.addEventListener("focus", look);
    return () => {
      window.removeEventListener("visibilitychange", look);
      window.removeEventListener("focus", look);
    };
  });

// What was asked for in vain is asked for again.
watchReach(() => {
  if (isReached()) void queryClient.invalidateQueries();
});

const markStale = (keys: string[]) =>
  Promise.all(keys.map((key) => queryClient.invalidateQueries({ queryKey: [key] })));

/** Other windows of this browser. */
const others = typeof window === "undefined" ? null : new BroadcastChannel("refresh");
others?.addEventListener("message", ({ data }: MessageEvent<string[]>) => void markStale(data));

/** Marks as stale everything below these first words of keys in other windows. */
export const refreshOthers = (...keys: string[]) => others?.postMessage(keys);

/** The same here, too. */
export function refresh(...keys: string[]) {
  refreshOthers(...keys);
  return markStale(keys);
}

/** Rows by their id. */
export function useById<T extends { id: string }>(rows: T[] | undefined): Map<string, T> {
  return useMemo(() => new Map(rows?.map((row) => [row.id, row])), [rows]);
}
