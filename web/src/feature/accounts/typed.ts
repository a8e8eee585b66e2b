// What was typed into a page, and sent, before the script came.
import { useLayoutEffect } from "react";

interface Taking<T> {
  values: T;
  set: (changes: Partial<T>) => void;
  send: (changes: Partial<T>) => Promise<void>;
}

/** Takes it over into the page's form; the first thing that happens to it. */
export function useTyped<T extends object>({ values, set, send }: Taking<T>) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the script has come
  useLayoutEffect(() => {
    const drawn = document.querySelector("form");
    if (!drawn) return;
    const inputs = [...drawn.querySelectorAll("input")].filter(({ name }) => name in values);
    const typed = Object.fromEntries(
      inputs.map(({ name, type, value, checked }) => [name, type === "checkbox" ? checked : value]),
    ) as Partial<T>;
    set(typed);
    if (drawn.dataset.sent !== undefined) void send(typed);
  }, []);
}
