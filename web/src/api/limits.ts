// How much a field takes and what it rests on, known before anything is sent.
import {
  files,
  limits,
  most as longest,
  patterns,
  rests,
  seconds,
  least as shortest,
} from "./generated/limits";

/** The longest text of a field of what a path takes, such as limit("/clients", "name"). */
export function limit(path: string, field: string): number | undefined {
  return limits[path]?.[field];
}

/** The same for one path: what useForm wants to know of its fields. */
export const limitsOf = (path: string) => (field: string) => limit(path, field);

/** The shortest text, where there is one. */
export function least(path: string, field: string): number {
  return shortest[path]?.[field] ?? 0;
}

/** The most elements of a list. */
export function most(path: string, field: string): number {
  return longest[path]?.[field] ?? Number.POSITIVE_INFINITY;
}

/** What a text has to match. */
export const pattern = (path: string, field: string) => new RegExp(patterns[path]?.[field] ?? "");

/** The most seconds that a moment may lie behind the one that it follows. */
export const farthest = (path: string, field: string): number =>
  seconds[path]?.[field] ?? Number.POSITIVE_INFINITY;

/** The bytes of the largest file that a path takes. */
export const largest = (path: string): number => files[path] ?? Number.POSITIVE_INFINITY;

/** The fields of what a path takes that fall when another changes and they are not given anew, each
    with those that it rests on. */
export const restsOf = (path: string): [string, string[]][] => Object.entries(rests[path] ?? {});
