// Names of tables, columns and acts, as the program has them, in words.
import { words } from "~/words";

/** "time_entry" -> "Time entry". */
function recordName(table: string): string {
  if (/^form_[0-9a-f]{32}$/.test(table)) return words.submission;
  return words.records[table] ?? table;
}

/** "time_entry.create" -> "Time entry added". */
export function actName(action: string): string {
  const at = action.lastIndexOf(".");
  const [table, act] = [action.slice(0, at), action.slice(at + 1)];
  if (words.acts[action]) return words.acts[action];
  return at < 0 || !words.acts[act] ? action : `${recordName(table)} ${words.acts[act]}`;
}

/** ["person.name", "person.team"] -> "Person: name, team". */
export function columnNames(columns: readonly string[]): string {
  const tables = new Map<string, string[]>();
  for (const name of columns) {
    const [table = "", column = ""] = name.split(".");
    tables.set(table, [...(tables.get(table) ?? []), column.replace(/_(minor|s|at)$/, "")]);
  }
  return [...tables]
    .map(([table, names]) => `${recordName(table)}: ${names.join(", ").replaceAll("_", " ")}`)
    .join("; ");
}
