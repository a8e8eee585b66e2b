// What time alone changes on a page that stays open: the minute, and the day.
import { useSyncExternalStore } from "react";
import { type Day, MINUTE_MS, today } from "./time";

/** Looks as each minute begins, and when the page is turned to: a browser that slept missed some. */
function watch(look: () => void) {
  let timer: ReturnType<typeof setTimeout>;
  const tick = () => {
    clearTimeout(timer);
    timer = setTimeout(tick, MINUTE_MS - (Date.now() % MINUTE_MS));
    look();
  };
  tick();
  addEventListener("visibilitychange", tick);
  return () => {
    clearTimeout(timer);
    removeEventListener("visibilitychange", tick);
  };
}

const minute = () => Math.floor(Date.now() / MINUTE_MS);

/** For what grows by itself, such as the hours of a timer that runs. */
export const useMinute = () => useSyncExternalStore(watch, minute);

export const useToday = (zone: string): Day => useSyncExternalStore(watch, () => today(zone));
