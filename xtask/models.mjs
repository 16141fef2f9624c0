// The catalogue beside a public list of models: node models.mjs FILE [--write] [FOLDER].
//
// FILE is api.json of models.dev or model_prices_and_context_window.json of litellm; FOLDER holds the data files. The list is
// read by the same code as by the package's command, so that its traps are known in one place.
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const { buildSync } = createRequire(new URL("../tests/package.json", import.meta.url))("esbuild");

// A trace would show the bundled sources.
process.on("uncaughtException", (error) => {
  console.error(error.message);
  process.exit(1);
});

// Of the fields of a row.
const ORDER = [
  "names", "provider", "framing", "encoding", "kind", "context", "input", "output", "image", "price", "retires", "doubt",
  "note", "source", "date",
];

const write = process.argv.includes("--write");
const [file, folder = fileURLToPath(new URL("../src/models/data", import.meta.url))] = process.argv
  .slice(2)
  .filter((argument) => argument !== "--write");
const { readRegistry, refresh, folded } = await sources(["registry", "refresh"]);

const files = readdirSync(folder).sort().map((name) => readData(join(folder, name)));
const catalogue = files.flatMap(({ models }) => models.map(({ model }) => model));
const names = new Map(catalogue.flatMap(({ name, aliases }) => [name, ...aliases].map((own) => [folded(own), name])));

const registry = readRegistry(JSON.parse(readFileSync(file, "utf8")));
const date = statSync(file).mtime.toISOString().slice(0, 10);
const { differences, added, unclear } = refresh(registry, catalogue, { rowOf, source: registry.name, date });
for (const { model, field, ours, theirs } of differences) {
  console.log(`differs  ${model} ${field}: ${ours === undefined ? "nothing" : JSON.stringify(ours)} -> ${JSON.stringify(theirs)}`);
}
for (const { model, like } of added) console.log(`new      ${model}, most like ${like}`);
for (const { model, why } of unclear) console.log(`unclear  ${model}: ${why}`);
console.log(`${differences.length} differences, ${added.length} not in the catalogue, ${unclear.length} unclear`);
if (write) {
  for (const data of files) writeData(data);
}

/** Modules of the package, from their sources. */
async function sources(names) {
  const entry = names.map((name) => `export * from "./${name}.ts";`).join("\n");
  const resolveDir = fileURLToPath(new URL("../pkg-template", import.meta.url));
  const { outputFiles } = buildSync({
    stdin: { contents: entry, resolveDir },
    bundle: true,
    format: "esm",
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}

/** The row's name, with a date or without; other spellings do not occur among a maker's own entries. */
function rowOf(name) {
  const bare = name.replace(/[-@](?:\d{4}-\d\d-\d\d|\d{8}|\d{4}|latest|default)$/, "");
  return names.get(folded(name)) ?? names.get(folded(bare));
}

function readData(path) {
  const lines = readFileSync(path, "utf8").split("\n");
  const { provider, source, date } = JSON.parse(lines.join("\n"));
  const models = [];
  lines.forEach((line, at) => {
    const found = /^(\s*)(\{"names": .*\})(,?)$/.exec(line);
    if (found === null) return;
    const row = JSON.parse(found[2]);
    const [name, ...aliases] = row.names;
    const { kind, context: window, input: maxInput, output: maxOutput, retires } = row;
    const price = Array.isArray(row.price) ? { input: row.price[0], output: row.price[1] } : row.price;
    const model = { name, aliases, provider: row.provider ?? provider, limit: { kind, window, maxInput, maxOutput }, price, retires, source, date };
    models.push({ at, indent: found[1], comma: found[3], row, model });
  });
  return { path, lines, models };
}

/** Takes the list's numbers over, row by row; a row that changes says where they are from. */
function writeData({ path, lines, models }) {
  let changed = 0;
  for (const { at, indent, comma, row, model } of models) {
    const own = differences.filter((difference) => difference.model === model.name);
    if (own.length === 0) continue;
    for (const { field, theirs } of own) {
      const key = { window: "context", maxInput: "input", maxOutput: "output" }[field] ?? field;
      insert(row, key, field === "price" ? shortPrice(theirs) : theirs);
    }
    // The rest is from where the file says.
    insert(row, "source", `${registry.name}: ${own.map(({ field }) => field).join(", ")}`);
    insert(row, "date", date);
    lines[at] = `${indent}${oneLine(row)}${comma}`;
    changed++;
  }
  if (changed > 0) {
    writeFileSync(path, lines.join("\n"));
    console.log(`wrote    ${path}: ${changed} rows`);
  }
}

/** Sets `key` in its usual place, leaving the order of the others. */
function insert(row, key, value) {
  if (Object.hasOwn(row, key)) {
    row[key] = value;
    return;
  }
  const entries = Object.entries(row);
  const later = entries.findIndex(([other]) => ORDER.indexOf(other) > ORDER.indexOf(key));
  entries.splice(later < 0 ? entries.length : later, 0, [key, value]);
  for (const own of Object.keys(row)) delete row[own];
  Object.assign(row, Object.fromEntries(entries));
}

function shortPrice(price) {
  const { input, output, ...more } = price;
  return Object.keys(more).length === 0 ? [input, output] : price;
}

/** JSON with a blank after each comma and colon, as the data files have it. */
function oneLine(value) {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${oneLine(inner)}`).join(", ")}}`;
}
