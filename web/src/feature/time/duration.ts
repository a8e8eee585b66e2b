// Reading a typed duration: what is refused, and how to write it instead.
import { farthest } from "~/api/limits";
import { durationOf, durationText, plainDigits } from "~/ui/time";
import { words } from "./words";

const DAY_S = 86_400;
const LONGEST_S = farthest("/time/entries", "ended_at");

/** Why a duration cannot be taken, or null. A bare number is hours; one above 24 was hardly meant
    so, if it can be taken as minutes. Longer than `max_s` is refused, with what `long` says. */
export function durationProblem(
  text: string,
  max_s = LONGEST_S,
  long = words.entry.duration_most(LONGEST_S / DAY_S),
): string | null {
  const seconds = durationOf(text);
  if (seconds === null) return words.entry.duration_bad;
  const bare = Number(plainDigits(text).trim().replace(",", "."));
  if (bare > DAY_S / 3600 && bare * 60 <= max_s)
    return words.entry.duration_bare(text.trim(), durationText(bare * 60));
  return seconds > max_s ? long : null;
}
