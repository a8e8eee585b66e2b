// Judges the npm packages redact-pii and openredaction on the texts that the mask is judged on.
//   node compare.mjs TEXTS WORK     (installs the packages into WORK)
// A package only says what it replaced, so characters count as found when they are not in its output in order.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [, , texts, work] = process.argv;
const packages = ["redact-pii@3.4.0", "openredaction@1.1.5"];
const root = `${resolve(work)}/`;
if (!existsSync(`${root}node_modules/openredaction`)) {
  writeFileSync(`${root}package.json`, '{"private": true}');
  execFileSync(
    "npm",
    ["install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", ...packages],
    { cwd: root, stdio: "inherit" },
  );
}
const require = createRequire(root);

// Marks of the characters of `before` that are left in `after`, by the longest common subsequence of pieces.
function kept(before, after) {
  const pieces = (t) => t.match(/[\p{L}\p{N}]+|\s+|./gsu) ?? [];
  const a = pieces(before),
    b = pieces(after);
  const best = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i][j] =
        a[i] === b[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
  const marks = new Array(before.length).fill(false);
  for (let i = 0, j = 0, at = 0; i < a.length; ) {
    if (j < b.length && a[i] === b[j]) {
      marks.fill(true, at, at + a[i].length);
      at += a[i++].length;
      j++;
    } else if (j < b.length && best[i][j + 1] > best[i + 1][j]) j++;
    else at += a[i++].length;
  }
  return marks;
}

async function judge(name, redact) {
  let gold = 0,
    found = 0,
    both = 0,
    clean = 0,
    touched = 0,
    bytes = 0,
    spent = 0;
  for (const line of readFileSync(texts, "utf8").split("\n").filter(Boolean)) {
    const { full_text: text, spans } = JSON.parse(line);
    const start = process.hrtime.bigint();
    const out = await redact(text);
    spent += Number(process.hrtime.bigint() - start);
    bytes += Buffer.byteLength(text);
    const points = [...text],
      marks = kept(text, out),
      label = new Array(points.length).fill(false);
    for (const s of spans) label.fill(true, s.start_position, s.end_position);
    let unit = 0;
    points.forEach((point, i) => {
      const gone = !marks[unit];
      unit += point.length;
      if (!/\s/.test(point)) {
        gold += label[i];
        found += gone;
        both += label[i] && gone;
      }
    });
    if (!spans.length) {
      clean++;
      touched += out !== text;
    }
  }
  const figure = (part, value, unit) =>
    console.log(JSON.stringify({ name: `mask.${name}.${part}`, unit, value: +value.toFixed(4) }));
  figure("recall", both / gold, "share");
  figure("precision", found ? both / found : 1, "share");
  figure("clean_touched", touched / clean, "share");
  figure("mb_s", bytes / 1e6 / (spent / 1e9), "MB/s");
}

const { SyncRedactor } = require("redact-pii");
const redactor = new SyncRedactor();
await judge("redact_pii", (text) => redactor.redact(text));
const { OpenRedaction } = require("openredaction");
const open = new OpenRedaction();
await judge("openredaction", async (text) => (await open.detect(text)).redacted);
