// A table as a CSV file (RFC 4180) that a spreadsheet opens without running anything in it.

/** What a spreadsheet would take for a formula, as the server's own files know it: some look past blanks,
    and take the wide signs of East Asian keyboards for the plain ones. */
const FORMULA = /^'*([\t\r\n]| *[=+\-@＝＋－＠])/;

/** Such text gets an apostrophe in front. */
function cellOf(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export type Cells = (string | number | null | undefined)[];

export const csvOf = (rows: Cells[]) =>
  rows.map((cells) => `${cells.map(cellOf).join(",")}\r\n`).join("");

/** Hands the rows to the browser as a download. */
export function downloadCsv(name: string, rows: Cells[]) {
  const blob = new Blob(["\ufeff", csvOf(rows)], { type: "text/csv;charset=utf-8" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name.replace(/[\\/:*?"<>|\s]+/g, " ").trim()}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
