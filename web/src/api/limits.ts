// How much a field takes, known before somebody types too much.
import { limits, least as shortest } from "./generated/limits";

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
