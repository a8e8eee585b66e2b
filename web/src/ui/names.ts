// Acts and columns, as the program names them, in words.
import { words } from "~/words";

/** "time entry" -> "Time entry". */
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** "time_entry.create" -> "Time entry added"; `kind` is what people call what was acted on. */
export function actName(action: string, kind?: string | null): string {
  const at = action.lastIndexOf(".");
  const [table, act] = [action.slice(0, at), action.slice(at + 1)];
  if (words.acts[action]) return words.acts[action];
  if (at < 0 || !words.acts[act]) return action;
  return `${capital(kind ?? table.replaceAll("_", " "))} ${words.acts[act]}`;
}

/** What people call a column, and one of the rows that it is of. */
interface ColumnWords {
  table: string;
  table_one?: string | null;
  column: string;
  label?: string | null;
}

/** ["person.name", "person.team"] -> "Person: name, team". */
export function columnNames(columns: readonly string[], known: readonly ColumnWords[]): string {
  const tables = new Map<string, string[]>();
  for (const name of columns) {
    const [table = "", column = ""] = name.split(".");
    const found = known.find((each) => each.table === table && each.column === column);
    // A form that is gone is known to nobody by its id.
    const one = found?.table_one ?? table.replace(/_[0-9a-f]{32}$/, "").replaceAll("_", " ");
    tables.set(one, [...(tables.get(one) ?? []), found?.label ?? column.replaceAll("_", " ")]);
  }
  return [...tables].map(([one, names]) => `${capital(one)}: ${names.join(", ")}`).join("; ");
}
