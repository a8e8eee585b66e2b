// Instants, dates, zones and durations as people read and write them.

export type Day = string; // YYYY-MM-DD

const LOCALE = navigator.language;
export const MINUTE_MS = 60_000;
const DAY = 86_400_000;

/** What is made once for each of its options: a format takes longer to make than to use. */
function kept<O, F>(make: (options: O) => F): (options: O) => F {
  const made = new Map<string, F>();
  return (options) => {
    const key = JSON.stringify(options);
    const format = made.get(key) ?? make(options);
    made.set(key, format);
    return format;
  };
}

/** In the calendar of date fields, and of the weeks, months and years that are counted here. */
const dateFormat = kept((options: Intl.DateTimeFormatOptions) =>
  Intl.DateTimeFormat(LOCALE, { calendar: "gregory", ...options }),
);
const numberFormat = kept((options: Intl.NumberFormatOptions) =>
  Intl.NumberFormat(LOCALE, options),
);
/** What is written from right to left stands by itself in a sentence, and turns nothing around it. */
const apart = (text: string) => (/[\u0590-\u08ff]/.test(text) ? `\u2068${text}\u2069` : text);

const partsFormat = kept((timeZone: string) =>
  Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }),
);

/** Date and clock time of an instant in a zone. */
export function inZone(instant: string | number | Date, zone: string): { date: Day; time: string } {
  const parts: Record<string, string> = {};
  for (const { type, value } of partsFormat(zone).formatToParts(new Date(instant)))
    parts[type] = value;
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    time: `${parts.hour}:${parts.minute}`,
  };
}

/** Instant of a clock time in a zone; a time that a clock change skips moves forward, one that it
    repeats is the first of the two. */
export function instantOf(date: Day, time: string, zone: string): Date {
  const wanted = Date.parse(`${date}T${time}Z`);
  const offsetAt = (at: number) => {
    const { date, time } = inZone(at, zone);
    return Date.parse(`${date}T${time}Z`) - Math.floor(at / MINUTE_MS) * MINUTE_MS;
  };
  const candidates = [wanted - offsetAt(wanted - DAY), wanted - offsetAt(wanted + DAY)];
  const exact = candidates.filter((at) => at + offsetAt(at) === wanted);
  return new Date(exact.length ? Math.min(...exact) : (candidates[0] ?? wanted));
}

export function today(zone: string): Day {
  return inZone(Date.now(), zone).date;
}

/** The zone of this browser, which may be another one than the person's. */
export const zoneHere = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whether clocks of a zone show something else than those of this browser, in summer or in winter. */
export function isElsewhere(zone: string): boolean {
  return [Date.now(), Date.now() + 182 * DAY].some((at) => {
    const [there, here] = [inZone(at, zone), inZone(at, zoneHere())];
    return there.date !== here.date || there.time !== here.time;
  });
}

/** The day that an address names; null when that is none, or none that can be booked. */
export function dayNamed(text: string | null): Day | null {
  if (!text || !/^(19[7-9]|20\d|21\d)\d-\d\d-\d\d$/.test(text)) return null;
  const at = new Date(`${text}T00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? text : null;
}

export function addDays(date: Day, days: number): Day {
  return new Date(Date.parse(`${date}T00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** Seconds of a span on each day of a zone that it touches, split at midnight. */
export function secondsByDay(start: number, end: number, zone: string): [Day, number][] {
  const days: [Day, number][] = [];
  let at = start;
  let day = inZone(start, zone).date;
  do {
    const next = instantOf(addDays(day, 1), "00:00", zone).getTime();
    days.push([day, (Math.min(end, next) - at) / 1000]);
    at = next;
    day = addDays(day, 1);
  } while (at < end);
  return days;
}

export function startOfWeek(date: Day, start: string): Day {
  const weekday = new Date(`${date}T00:00Z`).getUTCDay();
  return addDays(date, -((weekday - (start === "sunday" ? 0 : 1) + 7) % 7));
}

function addMonths(date: Day, months: number): Day {
  const [year = 0, month = 1] = date.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}

export const PERIODS = [
  "today",
  "this_week",
  "last_week",
  "last_30_days",
  "this_month",
  "last_month",
  "this_quarter",
  "this_year",
  "last_year",
] as const;
export type Period = (typeof PERIODS)[number];

/** First and last day of a period. */
export function periodOf(period: Period, zone: string, weekStart: string): { from: Day; to: Day } {
  const now = today(zone);
  const week = startOfWeek(now, weekStart);
  const month = `${now.slice(0, 7)}-01`;
  const year = `${now.slice(0, 4)}-01-01`;
  const quarter = addMonths(year, Math.floor((Number(now.slice(5, 7)) - 1) / 3) * 3);
  switch (period) {
    case "today":
      return { from: now, to: now };
    case "this_week":
      return { from: week, to: addDays(week, 6) };
    case "last_week":
      return { from: addDays(week, -7), to: addDays(week, -1) };
    case "last_30_days":
      return { from: addDays(now, -29), to: now };
    case "this_month":
      return { from: month, to: addDays(addMonths(month, 1), -1) };
    case "last_month":
      return { from: addMonths(month, -1), to: addDays(month, -1) };
    case "this_quarter":
      return { from: quarter, to: addDays(addMonths(quarter, 3), -1) };
    case "this_year":
      return { from: year, to: addDays(addMonths(year, 12), -1) };
    case "last_year":
      return { from: addMonths(year, -12), to: addDays(year, -1) };
  }
}

type Style = "short" | "long" | "weekday" | "day" | "month" | "full";
const STYLES: Record<Style, Intl.DateTimeFormatOptions> = {
  short: { day: "numeric", month: "short" },
  long: { weekday: "long", day: "numeric", month: "long" },
  weekday: { weekday: "short" },
  day: { day: "numeric", month: "numeric" },
  month: { month: "short", year: "numeric" },
  full: { day: "numeric", month: "short", year: "numeric" },
};

export function dateText(date: Day, style: Style = "full"): string {
  const format = dateFormat({ ...STYLES[style], timeZone: "UTC" });
  return apart(format.format(new Date(`${date}T00:00Z`)));
}

export function rangeText(from: Day, to: Day): string {
  const format = dateFormat({ ...STYLES.full, timeZone: "UTC" });
  return apart(format.formatRange(new Date(`${from}T00:00Z`), new Date(`${to}T00:00Z`)));
}

/** A sentence of the server, in which days are 2026-03-05, with them as they are read here. */
export const withDays = (sentence: string) =>
  sentence.replace(/\b\d{4}-\d\d-\d\d\b/g, (text) => {
    const day = dayNamed(text);
    return day ? dateText(day) : text;
  });

export function clockText(instant: string, zone: string): string {
  return apart(dateFormat({ timeStyle: "short", timeZone: zone }).format(new Date(instant)));
}

/** The date and the time of an instant that clocks in a zone showed, as files have them. */
export function wallOf(instant: string, zone: string): [Day, string] {
  const { date, time } = inZone(instant, zone);
  return [date, `${time}:${new Date(instant).toISOString().slice(17, 19)}`];
}

export function momentText(instant: string, zone: string): string {
  const format = dateFormat({ dateStyle: "medium", timeStyle: "short", timeZone: zone });
  return apart(format.format(new Date(instant)));
}

/** Seconds as 1:30, or 1:30:05 with seconds; what is less than a minute has them always. */
export function durationText(seconds: number, asked = false): string {
  const withSeconds = asked || (seconds >= 1 && seconds < 60);
  const all = Math.max(0, withSeconds ? Math.floor(seconds) : Math.round(seconds / 60) * 60);
  const pad = (n: number) => String(n).padStart(2, "0");
  const text = `${Math.floor(all / 3600)}:${pad(Math.floor(all / 60) % 60)}`;
  return withSeconds ? `${text}:${pad(all % 60)}` : text;
}

/** A quantity with its unit, rounded as in the sentences of findings: hours as everywhere, 1:30 hours
    or -0:15 hours per day; others in tenths, and what has no unit, such as a p-value, in hundredths or as small
    as it is. */
export function quantityText(value: number, unit?: string | null): [string, string] {
  if (!unit) return [smallText(value), ""];
  if (!/^h\b/.test(unit)) return [numberText(value, 1), unit];
  const text = durationText(Math.round(Math.round(Math.abs(value) * 3600) / 60) * 60);
  const inWords = unit.replace(/^h/, "hours").replace("/", " per ");
  return [value < 0 && text !== "0:00" ? `-${text}` : text, inWords];
}

function smallText(value: number): string {
  if (value > 0 && value < 0.001) return `< ${numberText(0.001, 3)}`;
  return numberText(value, Math.abs(value) < 0.01 ? 4 : 2);
}

/** Digits of any script as 0 to 9, and wide signs as plain ones: ۱:۳۰ and １：３０ are 1:30. */
export function plainDigits(text: string): string {
  const isDigit = (code: number) => /\p{Nd}/u.test(String.fromCodePoint(code));
  return text.normalize("NFKC").replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let value = 0;
    while (value < 9 && isDigit(code - value - 1)) value++; // they stand in rows of ten
    return String(value);
  });
}

const UNITS = { h: /hours?|hrs?/g, m: /minutes?|mins?/g, s: /seconds?|secs?/g };

/** Seconds of 1:30, 1h30, 90m, 1.5h, 1h 30m, 1 hour 30, 90 minutes or 1.5 (hours); null when it cannot
    be read. */
export function durationOf(text: string): number | null {
  let typed = plainDigits(text)
    .trim()
    .toLowerCase()
    .replace(/[,٫]/g, ".")
    .replace(/\s+(and\s+)?/g, " ");
  for (const [unit, word] of Object.entries(UNITS)) typed = typed.replace(word, unit);
  const given = typed.replace(/^(\d+) ?h ?(\d{1,2})$/, "$1:$2");
  const clock = /^(\d{0,4}):(\d{1,2})(?::(\d{2}))?$/.exec(given);
  if (clock) {
    const [, hours, minutes, seconds] = clock;
    if (Number(minutes) > 59 || Number(seconds ?? 0) > 59) return null;
    return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0);
  }
  const parts = /^(?:(\d+(?:\.\d+)?|\.\d+) ?h)? ?(?:(\d+(?:\.\d+)?) ?m)? ?(?:(\d+) ?s)?$/.exec(
    given,
  );
  if (given && parts) {
    const [, hours, minutes, seconds] = parts;
    return Math.round(Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0));
  }
  return /^(\d+(\.\d+)?|\.\d+)$/.test(given) ? Math.round(Number(given) * 3600) : null;
}

/** Digits of the minor unit of a currency. */
function minorDigits(currency: string): number {
  const format = numberFormat({ style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** Money of minor units in its currency. */
export function moneyText(minor: number, currency: string): string {
  const format = numberFormat({ style: "currency", currency });
  return format.format(minor / 10 ** minorDigits(currency));
}

/** How numbers are written in a locale: what stands between thousands, and before decimals. */
function separatorsOf(locale: string): { group: string; decimal: string } {
  const parts = new Intl.NumberFormat(locale).formatToParts(1_234_567.8);
  const find = (type: string) => parts.find((part) => part.type === type)?.value;
  return { group: find("group") ?? "", decimal: find("decimal") ?? "." };
}

/** A number of what somebody typed: 1,250.5 as the locale groups it; else a comma is a point too. Null when
    it cannot be read. */
export function numberOf(text: string, locale = LOCALE): number | null {
  const { group, decimal } = separatorsOf(locale);
  const typed = plainDigits(text).replace(/[\s'’]/g, "");
  const [whole = "", ...rest] = typed.split(decimal);
  const isGrouped = /^-?[1-9]\d{0,2}(G\d{2,3})*G\d{3}$/.test(whole.replaceAll(group, "G"));
  const plain = [isGrouped ? whole.replaceAll(group, "") : whole, ...rest].join(".");
  const given = plain.replace(",", ".");
  return /^-?(\d+(\.\d+)?|\.\d+)$/.test(given) ? Number(given) : null;
}

/** The same as somebody would type it in the locale, which moneyOf reads: 1250.00. */
export function moneyInput(minor: number, currency: string, locale = LOCALE): string {
  const digits = minorDigits(currency);
  return (minor / 10 ** digits).toFixed(digits).replace(".", separatorsOf(locale).decimal);
}

/** Minor units of what somebody typed; null when it cannot be read, or has a part of one. */
export function moneyOf(text: string, currency: string, locale = LOCALE): number | null {
  const given = numberOf(text, locale);
  const digits = minorDigits(currency);
  if (given === null || given < 0 || Number(given.toFixed(digits)) !== given) return null;
  return Math.round(given * 10 ** digits);
}

/** A number with what it counts, in one or in many: 1 row, 1,200 rows. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : many}`;
}

/** With at most so many digits after the point; in a column, with `least` of them. */
export function numberText(value: number, digits = 0, least = 0): string {
  const format = numberFormat({ minimumFractionDigits: least, maximumFractionDigits: digits });
  return format.format(value);
}
