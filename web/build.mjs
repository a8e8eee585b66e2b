// Builds the app into dist/: split by room, named by content, compressed beforehand. Before that it
// derives the types, the limits of fields and what problems are called from the API description
// (`node build.mjs types`: only that), so that the app holds no copy of them.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import openapiTS, { astToString } from "openapi-typescript";

process.chdir(new URL(".", import.meta.url).pathname);
const DESCRIPTION = new URL(process.env.VOW_OPENAPI ?? "../openapi.json", import.meta.url);
const GENERATED = "src/api/generated";
const TARGET = ["chrome111", "firefox113", "safari16.4"];
const COMPRESSIBLE = new Set([".js", ".css", ".svg", ".webmanifest"]);

/** Follows a "#/…" reference. */
function resolved(document, schema) {
  if (!schema?.$ref) return schema;
  const path = schema.$ref.slice(2).split("/");
  return path.reduce((at, key) => at[key], document);
}

/** The fields of a schema with their bounds; those of rows within a field as "fields/label". */
function boundsOf(document, schema, keyword) {
  const properties = Object.entries(resolved(document, schema)?.properties ?? {});
  return properties.flatMap(([name, given]) => {
    const field = resolved(document, given);
    const inner = field.items ? boundsOf(document, field.items, keyword) : [];
    return [
      ...(field[keyword] ? [[name, field[keyword]]] : []),
      ...inner.map(([below, bound]) => [`${name}/${below}`, bound]),
    ];
  });
}

/** What a keyword says of the fields that the server takes, such as the longest text (maxLength):
    {"/clients": {"name": 200}, …}. */
function saidOf(document, keyword) {
  const limits = {};
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of ["post", "patch", "put"]) {
      const content = methods[method]?.requestBody?.content?.["application/json"];
      const bounds = boundsOf(document, content?.schema, keyword);
      if (bounds.length === 0) continue;
      const key = path.replace("/{id}", "");
      limits[key] = { ...limits[key], ...Object.fromEntries(bounds) };
    }
  }
  return limits;
}

/** The API description; none of it before the server has been built for the first time. */
async function readDescription() {
  const none = { openapi: "3.1.0", info: { title: "vow", version: "0" }, paths: {} };
  return existsSync(DESCRIPTION) ? JSON.parse(await readFile(DESCRIPTION, "utf8")) : none;
}

/** The names of permissions that routes need, and those without which members are left out. */
function permissionsOf(document) {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const schemas = Object.values(document.components?.schemas ?? {});
  const members = schemas.flatMap(({ properties }) => Object.values(properties ?? {}));
  const names = new Set([
    ...operations.map((operation) => operation["x-permission"]),
    ...members.map((member) => member["x-see"]),
  ]);
  names.delete(undefined);
  return [...names].sort().map((name) => JSON.stringify(name));
}

/** The bytes that a file may have, by the path that takes it. */
function filesOf(document) {
  const bodies = Object.entries(document.paths).map(([path, { post }]) => [
    path,
    post?.requestBody,
  ]);
  const files = bodies.filter(([, body]) => body && !body.content["application/json"]);
  return Object.fromEntries(files.map(([path, body]) => [path, body["x-max-bytes"]]));
}

async function generate() {
  const document = await readDescription();
  const note = "// Derived from openapi.json by build.mjs.\n";
  await mkdir(GENERATED, { recursive: true });
  await writeFile(`${GENERATED}/schema.ts`, note + astToString(await openapiTS(document)));
  const fields = [
    ["limits", "maxLength", "number"],
    ["least", "minLength", "number"],
    ["most", "maxItems", "number"],
    ["patterns", "pattern", "string"],
    ["seconds", "x-max-seconds", "number"],
    ["rests", "x-rests-on", "string[]"],
  ].map(
    ([name, keyword, type]) =>
      `export const ${name}: Record<string, Record<string, ${type}>> = ` +
      `${JSON.stringify(saidOf(document, keyword), null, 2)};\n`,
  );
  const files = `export const files: Record<string, number> = ${JSON.stringify(filesOf(document))};\n`;
  await writeFile(`${GENERATED}/limits.ts`, note + fields.join("") + files);
  const permissions = permissionsOf(document).join(" | ") || "never";
  await writeFile(
    `${GENERATED}/permissions.ts`,
    `${note}export type Permission = ${permissions};\n`,
  );
  const told = Object.entries(document["x-problems"]).map(([name, { title }]) => [name, title]);
  const problems = JSON.stringify(Object.fromEntries(told), null, 2);
  await writeFile(
    `${GENERATED}/problems.ts`,
    `${note}export const problems: Record<string, string> = ${problems};\n`,
  );
}

/** The pages that the server begins with, and what each runs, announced so that it is fetched at once
    instead of one by one. index.html is for somebody who is signed in; the others are for strangers,
    by the first word of the address, sign-in.html for every other word. */
const PAGES = {
  index: ["src/shell/shell.tsx", "src/feature/time/today.tsx"],
  "sign-in": ["src/feature/accounts/sign-in.tsx"],
  "sign-up": ["src/feature/accounts/sign-up.tsx"],
  invitations: ["src/feature/accounts/invitation.tsx"],
  f: ["src/feature/forms/public-form.tsx"],
};

/** Those that show the same to everybody, and so can be drawn here. */
const DRAWN = ["sign-in", "sign-up"];

/** The output and everything that it imports at once, in the order of need. */
function chunksOf(outputs, path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const { path: next, kind } of outputs[path].imports)
    if (kind === "import-statement") chunksOf(outputs, next, seen);
  return seen;
}

/** Where a library's index takes each of its names from: Button -> …/components/Button/Button.mjs. */
async function sourcesOf(library) {
  const index = join("node_modules", library, "esm/index.mjs");
  const text = await readFile(index, "utf8");
  const sources = {};
  for (const [, names, from] of text.matchAll(/^import \{ (.+) \} from "(\..+)";$/gm))
    for (const name of names.split(", ")) sources[name] = resolve(dirname(index), from);
  return sources;
}

/** Imports from Mantine's files instead of its index: through the index every page would reach the
    components of all others, and they would all be in the first chunk. */
const withoutIndex = {
  name: "without-index",
  async setup({ onLoad }) {
    const libraries = ["@mantine/core", "@mantine/hooks"];
    const sources = Object.fromEntries(
      await Promise.all(libraries.map(async (each) => [each, await sourcesOf(each)])),
    );
    const imports = /^import \{([^{}]+)\} from "(@mantine\/\w+)";$/gm;
    const direct = (whole, names, library) => {
      const wanted = names.split(",").map((name) => name.trim());
      const lines = wanted.flatMap((given) => {
        const from = sources[library][given.split(" as ")[0]];
        return from ? [`import { ${given} } from ${JSON.stringify(from)};`] : [];
      });
      // Types are in no file of these; on one line, so that lines of errors stay right.
      return lines.join(" ") + "\n".repeat(whole.split("\n").length - 1);
    };
    onLoad(
      { filter: /(\/web\/src\/.*\.tsx?|\/@mantine\/core\/esm\/.*\.mjs)$/ },
      async ({ path }) => ({
        contents: (await readFile(path, "utf8")).replace(imports, direct),
        loader: path.endsWith(".tsx") ? "tsx" : path.endsWith(".ts") ? "ts" : "js",
      }),
    );
  },
};

async function bundle() {
  await rm("dist", { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: ["src/main.tsx", "src/before.ts", "src/styles/index.css"],
    outdir: "dist/assets",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    jsx: "automatic",
    metafile: true,
    target: TARGET,
    loader: { ".woff2": "file" },
    legalComments: "none",
    define: { "process.env.NODE_ENV": '"production"', __webpack_nonce__: "globalThis.styleNonce" },
    logLevel: "warning",
    plugins: [withoutIndex],
  });
  return metafile.outputs;
}

/** The service worker, which knows every file by name. */
async function bundleWorker(outputs) {
  const paths = Object.keys(outputs).map((path) => path.replace(/^dist/, ""));
  const files = [...paths, ...(await readdir("public")).map((name) => `/${name}`)].sort();
  const hash = createHash("sha256");
  // What has no hash in its name.
  for (const name of ["index.html", ...(await readdir("public"))])
    hash.update(await readFile(`dist/${name}`));
  const edition = hash.update(files.join()).digest("hex").slice(0, 16);
  await build({
    entryPoints: ["src/worker.ts"],
    outfile: "dist/worker.js",
    bundle: true,
    minify: true,
    target: TARGET,
    define: { FILES: JSON.stringify(files), EDITION: JSON.stringify(edition) },
    logLevel: "warning",
  });
}

/** What draw.tsx exports: the app once more, for node. */
async function drawing() {
  const outfile = resolve("node_modules/.cache/draw.cjs");
  await build({
    entryPoints: ["src/draw.tsx"],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"', "navigator.language": '"en"' },
    logLevel: "warning",
    plugins: [withoutIndex],
  });
  return await import(outfile);
}

/** Writes the pages; resolves to the scripts of each. */
async function writePages(outputs, draw) {
  const made = Object.keys(outputs);
  const madeOf = (source) => made.find((path) => outputs[path].entryPoint === source);
  const url = (path) => path.replace(/^dist/, "");
  const font = made.find((path) => /inter-latin-wght-normal-\w+\.woff2$/.test(path));
  const template = await readFile("index.html", "utf8");
  await cp("public", "dist", { recursive: true });
  const scripts = {};
  for (const [name, sources] of Object.entries(PAGES)) {
    const chunks = ["src/main.tsx", ...sources].reduce(
      (seen, source) => chunksOf(outputs, madeOf(source), seen),
      new Set(),
    );
    const drawn = DRAWN.includes(name) ? await draw(`/${name}`) : null;
    const [main, ...rest] = [...chunks].map(url);
    const head = [
      `<script src="${url(madeOf("src/before.ts"))}"></script>`,
      `<link rel="preload" as="font" type="font/woff2" crossorigin href="${url(font)}">`,
      `<link rel="stylesheet" href="${url(madeOf("src/styles/index.css"))}">`,
      ...(drawn
        ? [
            `<style nonce="__NONCE__">${drawn.style}</style>`,
            // Not fetched until before.ts starts the app: each costs the form some of the CPU.
            ...[main, ...rest].map((href) => `<link data-app href="${href}">`),
          ]
        : [
            ...rest.map((href) => `<link rel="modulepreload" href="${href}">`),
            `<script type="module" src="${main}"></script>`,
          ]),
    ];
    const page = template
      .replace("<!-- assets -->", () => head.join("\n    "))
      .replace("<!-- session -->", name === "index" ? "yes" : "no")
      .replace("<!-- drawn -->", () => drawn?.html ?? "");
    await writeFile(`dist/${name}.html`, page);
    scripts[name] = [...chunks];
  }
  return scripts;
}

/** Writes .br and .gz beside every file that shrinks; pages carry a nonce, so they stay. */
async function compress() {
  for (const folder of ["dist", "dist/assets"]) {
    for (const name of await readdir(folder)) {
      if (!COMPRESSIBLE.has(extname(name))) continue;
      const path = join(folder, name);
      const bytes = await readFile(path);
      const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
      await writeFile(`${path}.br`, brotliCompressSync(bytes, { params }));
      await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    }
  }
}

async function kibOf(chunks) {
  let bytes = 0;
  for (const path of chunks) bytes += (await readFile(`${path}.br`)).length;
  return `${(bytes / 1024).toFixed(0)} KiB`;
}

await generate();
if (!process.argv.includes("types")) {
  const { themeSheet, draw } = await drawing();
  await mkdir("src/styles/generated", { recursive: true });
  await writeFile("src/styles/generated/theme.css", await themeSheet());
  const outputs = await bundle();
  const scripts = await writePages(outputs, draw);
  await bundleWorker(outputs);
  await compress();
  const ways = await Promise.all(
    ["sign-in", "index"].map(async (name) => `${name} ${await kibOf(scripts[name])}`),
  );
  console.log(`${basename(process.cwd())}: script, compressed: ${ways.join(", ")}`);
}
