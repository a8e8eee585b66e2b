// Reading a typed duration: what is refused, and how to write it instead.
import { durationOf, durationText, numberText } from "~/ui/time";
import { words } from "./words";

const DAY_S = 86_400;

/** Why a duration cannot be taken, or null. A bare number is hours; one above 24 was hardly meant
    so. Longer than `max_s` is refused too. */
export function durationProblem(text: string, max_s = Number.POSITIVE_INFINITY): string | null {
  const seconds = durationOf(text);
  if (seconds === null) return words.entry.duration_bad;
  const bare = Number(text.trim().replace(",", "."));
  if (bare > DAY_S / 3600) return words.entry.duration_bare(text.trim(), durationText(bare * 60));
  if (seconds <= max_s) return null;
  return words.entry.duration_long(numberText(max_s / 3600, 1));
}
