// Durations, dates and zones as the app reads and writes them, the days on which clocks change too;
// and limits that it knows from the API description.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

const { buildSync } = createRequire(new URL("../../web/package.json", import.meta.url))("esbuild");
async function load(path, language = "en-GB") {
  const source = new URL(`../../web/src/${path}`, import.meta.url).pathname;
  const [{ text }] = buildSync({
    entryPoints: [source],
    bundle: true,
    format: "esm",
    write: false,
  }).outputFiles;
  globalThis.navigator = { language };
  const loaded = await import(
    `data:text/javascript,${encodeURIComponent(`${text}// ${language}`)}`
  );
  globalThis.navigator = { language: "en-GB" };
  return loaded;
}

const time = await load("ui/time.ts");
const { actName } = await load("ui/names.ts");
const { csvOf } = await load("ui/csv.ts");
const { match } = await load("shell/router.tsx");
const { durationProblem } = await load("feature/time/duration.ts");
const { roomFor } = await load("feature/time/room.ts");
const BERLIN = "Europe/Berlin";

test("an address that is not well written names nothing", () => {
  assert.deepEqual(match("/f/{link}", "/f/a%20b"), { link: "a b" });
  assert.deepEqual(match("/f/{link}", "/f/%zz"), { link: "%zz" });
  assert.deepEqual(match("/forms/{form}", "/forms/%E0%A4%A"), { form: "%E0%A4%A" });
});

test("durations are read as people write them", () => {
  const read = {
    "1:30": 5400,
    ":45": 2700,
    "1:30:05": 5405,
    "90m": 5400,
    "1.5h": 5400,
    "1,5h": 5400,
    "1h 30m": 5400,
    "1h30": 5400,
    "1 h 30": 5400,
    "2 h": 7200,
    "2 hours": 7200,
    "1 Hour": 3600,
    "1.5 hrs": 5400,
    "1 hour 30": 5400,
    "1 hour 30 minutes": 5400,
    "1 hour and  5 mins": 3900,
    "90 minutes": 5400,
    "90 min": 5400,
    "45 secs": 45,
    "۱:۳۰": 5400,
    "١٫٥": 5400,
    "९० m": 5400,
    "１：３０": 5400,
    "2 hour hours": null,
    "1 and 30": null,
    "1h75": null,
    "1.5h30": null,
    2: 7200,
    ".5": 1800,
    "1:75": null,
    "": null,
    soon: null,
    "-1": null,
  };
  for (const [given, seconds] of Object.entries(read))
    assert.equal(time.durationOf(given), seconds, `“${given}”`);
});

test("a duration is refused with what helps", () => {
  assert.equal(durationProblem("1:30"), null);
  assert.equal(durationProblem("soon"), "Write 1:30, 90m or 1.5h");
  assert.equal(durationProblem("90"), "90 alone means hours: write 90m or 1:30");
  for (const given of ["999999999", "999999999h", "9999:00"])
    assert.equal(durationProblem(given), "At most 31 days", given);
  assert.equal(durationProblem("1440", 86_400, "too long").slice(0, 17), "1440 alone means ");
  for (const given of ["1441", "999999999", "25h"])
    assert.equal(durationProblem(given, 86_400, "too long"), "too long", given);
});

test("an entry without its begin has the latest room there is", () => {
  const at = (length, others) => {
    const spans = others.map(([start, end]) => ({ start, end }));
    const { start, end } = roomFor(length, spans, 0, 100);
    assert.equal(end - start, length);
    return start;
  };
  assert.equal(at(10, []), 90);
  assert.equal(at(10, [[80, 90]]), 90, "what ends as it begins leaves room");
  assert.equal(at(10, [[80, 95]]), 70);
  assert.equal(
    at(10, [
      [90, 100],
      [70, 85],
    ]),
    60,
    "a gap that is too short is none",
  );
  assert.equal(
    at(5, [
      [90, 100],
      [70, 85],
    ]),
    85,
  );
  assert.equal(
    at(20, [
      [50, 95],
      [60, 70],
    ]),
    30,
    "one lies within the other",
  );
  assert.equal(at(10, [[40, 100]]), 30, "a timer runs");
  assert.equal(at(10, [[20, 200]]), 10, "it lies ahead in part");
  assert.equal(at(10, [[150, 200]]), 90);
  assert.equal(at(30, [[20, 100]]), 70, "no room today");
  assert.equal(at(120, []), -20, "it began yesterday");
});

test("durations are written in hours and minutes", () => {
  assert.equal(time.durationText(5400), "1:30");
  assert.equal(time.durationText(0), "0:00");
  assert.equal(time.durationText(29), "0:00:29");
  assert.equal(time.durationText(59.9), "0:00:59");
  assert.equal(time.durationText(89), "0:01");
  assert.equal(time.durationText(3725, true), "1:02:05");
  assert.equal(time.durationText(360000), "100:00");
});

test("quantities of hours read as durations", () => {
  assert.deepEqual(time.quantityText(7.5, "h"), ["7:30", "hours"]);
  assert.deepEqual(time.quantityText(40.65, "h/week"), ["40:39", "hours per week"]);
  assert.deepEqual(time.quantityText(-15.35, "h"), ["-15:21", "hours"]);
  assert.deepEqual(time.quantityText(-0.001, "h"), ["0:00", "hours"]);
  assert.deepEqual(time.quantityText(-1.5, "h/day"), ["-1:30", "hours per day"]);
  assert.deepEqual(time.quantityText(0.25, "h each week"), ["0:15", "hours each week"]);
  assert.deepEqual(time.quantityText(33030 / 3600, "h"), ["9:11", "hours"]);
  assert.deepEqual(time.quantityText(7.44, "projects"), ["7.4", "projects"]);
  assert.deepEqual(time.quantityText(3, "days"), ["3", "days"]);
  assert.deepEqual(time.quantityText(0.25, null), ["0.25", ""]);
  assert.deepEqual(time.quantityText(0, null), ["0", ""]);
  assert.deepEqual(time.quantityText(0.0016, null), ["0.0016", ""]);
  assert.deepEqual(time.quantityText(0.0000004, null), ["< 0.001", ""]);
});

test("what is counted is in one or in many", () => {
  assert.equal(time.countText(1, "row"), "1 row");
  assert.equal(time.countText(0, "row"), "0 rows");
  assert.equal(time.countText(1200, "entry", "entries"), "1,200 entries");
});

test("clock times become instants, also when clocks change", () => {
  const at = (date, clock) => time.instantOf(date, clock, BERLIN).toISOString();
  assert.equal(at("2026-01-15", "09:00"), "2026-01-15T08:00:00.000Z");
  assert.equal(at("2026-07-15", "09:00"), "2026-07-15T07:00:00.000Z");
  assert.equal(at("2026-03-29", "02:30"), "2026-03-29T01:30:00.000Z", "a time that is skipped");
  assert.equal(at("2026-10-25", "02:30"), "2026-10-25T00:30:00.000Z", "the first of two");
  const day = (date, next) => Date.parse(at(next, "00:00")) - Date.parse(at(date, "00:00"));
  assert.equal(day("2026-03-29", "2026-03-30"), 23 * 3_600_000);
  assert.equal(day("2026-10-25", "2026-10-26"), 25 * 3_600_000);
});

test("instants become days of the zone", () => {
  assert.deepEqual(time.inZone("2026-12-31T23:30:00Z", BERLIN), {
    date: "2027-01-01",
    time: "00:30",
  });
});

test("dates are of one calendar, and stand by themselves where they are written the other way", async () => {
  const persian = await load("ui/time.ts", "fa-IR");
  const parts = /^\u2068[^\u2068\u2069]*\u2069$/;
  for (const text of [
    persian.dateText("2026-11-30"),
    persian.rangeText("2026-11-01", "2026-11-30"),
    persian.momentText("2026-11-30T12:00:00Z", "UTC"),
  ]) {
    assert.match(text, parts);
    assert.match(text, /۲۰۲۶/, "the year of date fields");
  }
  assert.match(persian.dateText("2026-11-01", "month"), /نوامبر/);
  const thai = await load("ui/time.ts", "th-TH");
  assert.match(thai.dateText("2026-11-30"), /^30 .* 2026$/);
});

test("files have the date and the time that clocks showed", () => {
  assert.deepEqual(time.wallOf("2026-12-31T23:30:05.250Z", BERLIN), ["2027-01-01", "00:30:05"]);
});

test("a span is split at midnight of its zone, also when clocks change", () => {
  const split = (start, end) => time.secondsByDay(Date.parse(start), Date.parse(end), BERLIN);
  assert.deepEqual(split("2026-03-10T21:00:00Z", "2026-03-11T01:30:00Z"), [
    ["2026-03-10", 7200],
    ["2026-03-11", 9000],
  ]);
  assert.deepEqual(split("2026-03-28T22:00:00Z", "2026-03-29T22:00:00Z"), [
    ["2026-03-28", 3600],
    ["2026-03-29", 82800],
  ]);
  assert.deepEqual(split("2026-03-10T22:00:00Z", "2026-03-10T23:00:00Z"), [["2026-03-10", 3600]]);
  assert.deepEqual(split("2026-03-10T22:00:00Z", "2026-03-10T22:00:00Z"), [["2026-03-10", 0]]);
});

test("a day in an address is one that there is", () => {
  for (const day of ["1970-01-01", "2026-02-28", "2024-02-29", "2199-12-31"])
    assert.equal(time.dayNamed(day), day);
  const none = [
    null,
    "",
    "today",
    "2026-02-29",
    "2026-13-01",
    "2026-2-1",
    "1969-12-31",
    "9999-12-31",
  ];
  for (const text of none) assert.equal(time.dayNamed(text), null, text);
});

test("days in a sentence of the server are as the locale has them, and nothing else is", () => {
  const said = (day) => `The longest was 6:20 on ${day}.`;
  const day = new Intl.DateTimeFormat(navigator.language, {
    dateStyle: "medium",
    timeZone: "UTC",
  }).format(new Date("2026-09-05"));
  assert.equal(time.withDays(said("2026-09-05")), said(day));
  for (const other of ["2026-02-30", "2026-99-99", "12026-09-05", "Sprint 9"])
    assert.equal(time.withDays(said(other)), said(other));
});

test("weeks begin on Monday or Sunday", () => {
  assert.equal(time.startOfWeek("2026-03-01", "monday"), "2026-02-23");
  assert.equal(time.startOfWeek("2026-03-01", "sunday"), "2026-03-01");
  assert.equal(time.addDays("2026-02-28", 1), "2026-03-01");
});

test("money goes through minor units of its currency", () => {
  assert.equal(time.moneyOf("95,50", "EUR"), 9550);
  assert.equal(time.moneyOf("1200", "JPY"), 1200);
  assert.equal(time.moneyOf("a lot", "EUR"), null);
  assert.equal(time.moneyOf("120.005", "EUR"), null);
  assert.equal(time.moneyOf("120.5", "JPY"), null);
  assert.equal(time.moneyOf("120.50", "EUR"), 12050);
  for (const [minor, currency] of [
    [125000, "EUR"],
    [950, "JPY"],
    [7, "USD"],
  ])
    assert.equal(time.moneyOf(time.moneyInput(minor, currency), currency), minor);
});

test("numbers are read with the separators of the locale, and else a comma is a point", () => {
  for (const [locale, read] of Object.entries({
    "en-US": { "1,250": 1250, "1,250.5": 1250.5, 1.25: 1.25, "1,5": 1.5, "1.250,5": null },
    "en-IN": { "1,00,000": 100_000, "12,50,000.50": 1_250_000.5, "0,125": 0.125 },
    "de-DE": { "1.250": 1250, "1.250,5": 1250.5, "1,250": 1.25, 1.5: 1.5, "1,250.5": null },
    fa: { "۱٬۲۵۰٫۵": 1250.5, "1250٫5": 1250.5, "۱۲۵۰.۵": 1250.5, "-۳": -3 },
    "ar-EG": { "١٬٢٥٠": 1250, "٠٫٥": 0.5 },
    mr: { "१,२५०.५": 1250.5 },
    "de-CH": { "1’250.5": 1250.5, "1'250": 1250 },
    "fr-FR": { "1 250,5": 1250.5, "-3": -3, ".5": 0.5, "0x10": null, Infinity: null, "": null },
  }))
    for (const [given, number] of Object.entries(read))
      assert.equal(time.numberOf(given, locale), number, `“${given}” in ${locale}`);
  for (const locale of ["en-US", "de-DE", "en-IN", "fa"]) {
    const typed = time.moneyInput(1250, "KWD", locale);
    assert.equal(time.moneyOf(typed, "KWD", locale), 1250, `${typed} in ${locale}`);
  }
});

test("a CSV quotes what it must and starts no formula", () => {
  const rows = [
    ["plain", 'say "so"', "a,b", "two\nlines", null],
    ["=1+1", "+1", "-1", "@x", -1],
  ];
  assert.equal(
    csvOf(rows),
    'plain,"say ""so""","a,b","two\nlines",\r\n\'=1+1,\'+1,\'-1,\'@x,-1\r\n',
  );
});

test("how many and how large is known from the API description", async () => {
  const { largest, most } = await load("api/limits.ts");
  const { paths, components } = JSON.parse(
    readFileSync(new URL("../../openapi.json", import.meta.url), "utf8"),
  );
  const file = paths["/time/imports"].post.requestBody;
  assert.ok(file["x-max-bytes"] > 0);
  assert.equal(largest("/time/imports"), file["x-max-bytes"]);
  const { maxItems } = components.schemas.form_new.properties.fields;
  assert.ok(maxItems > 0);
  assert.equal(most("/forms", "fields"), maxItems);
});

/** The texts of the files of src that end like this. */
const sourcesOf = (end) =>
  readdirSync(new URL("../../src", import.meta.url), { recursive: true })
    .filter((name) => end.test(name))
    .map((name) => readFileSync(new URL(`../../src/${name}`, import.meta.url), "utf8"));

/** What stands in the first parentheses wherever this is found in them. */
const found = (pattern, end) =>
  sourcesOf(end).flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name));

test("whatever the audit log notes has a name in words", () => {
  const noted = found(/\baudit_add\(c, "([^"]+)"/g, /(?<!_test|_fixture)\.c$/);
  assert.ok(noted.length > 5);
  for (const action of [...noted, "time_entry.read"]) assert.doesNotMatch(actName(action), /[._]/);
  assert.equal(actName("person.copy"), "Copy of own data made");
});

test("whatever a request of AI may end with is said in words", async () => {
  const { words } = await load("feature/ai/words.ts");
  const reasons = found(/^REASON\((\w+),/gm, /\breasons\.def$/);
  const refusals = found(/\[GUARD_\w+\] = \{ "(\w+)"/g, /\bguard\.c$/);
  assert.ok(reasons.includes("SILENT") && refusals.includes("surveillance"));
  for (const reason of [...reasons, ...refusals.filter((each) => each !== "none")])
    assert.ok(words.outcomes[reason], reason);
});
