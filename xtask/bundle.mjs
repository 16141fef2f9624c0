// Writes the package's entries: node bundle.mjs TEMPLATE TYPES DIST.
//
// TEMPLATE holds the TypeScript sources and the manifest, TYPES their declarations as tsc emits them; DIST holds the
// generated modules (inline*.js, loaders.js, model-data.js, encodings/) already. What entries share goes to chunks, so that every entry of
// a process works on the same core; the CommonJS files are the same graph again.
import { deepEqual, ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

const { build } = createRequire(new URL("../tests/package.json", import.meta.url))("esbuild");

const [template, types, dist] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(join(template, "package.json"), "utf8"));
const targets = [...leaves(manifest.exports)];
const commands = [...leaves(manifest.bin)].map((file) => basename(file, ".js"));
/** How one written module names a chunk, or the table of vocabularies, which becomes a part of one. */
const CHUNK = /"\.\/(?:shared-\w+|loaders)\.js"/g;
const generated = [
  "./loaders.js",
  "./model-data.js",
  // What other entries build on is imported from there.
  "./index.js",
  "./index.*.js",
  "node:*",
  "*.wasm",
  "*.wasm?module",
];

/** WebAssembly in base64, which is not among the sources. */
const INLINE = /^\.\/inline(-\w+)?\.js$/;
const inline = {
  name: "inline",
  setup({ onResolve }) {
    onResolve({ filter: INLINE }, ({ path }) => ({ path: join(dist, path), sideEffects: false }));
  },
};

// The running core is reachable by file, for the package's own tests; the manifest does not export it.
await writeModules([...named(".js"), ...commands, "core"]);
// A file costs a runtime up to a millisecond before a first count: the tokenizer and what entries share with it is one, the rest of what
// the entries with a core share another.
const base = new Set([...shared("tokenizer", "index"), ...shared("tokenizer", "tokenizer-slim"), "./loaders.js"]);
await mergeChunks("base", [...base]);
await mergeChunks("requests", shared("slim", "index").filter((chunk) => chunk !== "./shared-base.js"));
// What the entries with a core inline share beside that: the core.
await mergeChunks("core", shared("index", "fetch").filter((chunk) => !shared("slim", "index").includes(chunk)));
await writeCommonjs(named(".cjs"));
writeDeclarations(named(".d.ts"));

/** Every file that the manifest exports. */
function* leaves(value) {
  if (typeof value === "string") yield value;
  else for (const inner of Object.values(value)) yield* leaves(inner);
}

/** The exported entries with this extension, without it. */
function named(extension) {
  const files = targets.filter((target) => target.endsWith(extension) && !target.includes("*"));
  return [...new Set(files.map((file) => basename(file, extension)))];
}

async function writeModules(entries) {
  await build({
    entryPoints: entries.map((entry) => join(template, `${entry}.ts`)),
    outdir: dist,
    chunkNames: "shared-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    external: generated,
    plugins: [inline],
    logLevel: "warning",
  });
  // Parts of what imported them now: files of their own would cost a first count some milliseconds.
  for (const file of readdirSync(dist).filter((file) => INLINE.test(`./${file}`))) rmSync(join(dist, file));
}

/** The chunks that both entries import before they run. */
function shared(one, other) {
  const imports = /(?:from|import) "(\.\/shared-\w+\.js)"/g;
  const imported = (entry) => [...readFileSync(join(dist, `${entry}.js`), "utf8").matchAll(imports)].map(([, chunk]) => chunk);
  const others = new Set(imported(other));
  return [...new Set(imported(one))].filter((chunk) => others.has(chunk));
}

/** Puts chunks into one, whichever file imports them. */
async function mergeChunks(name, chunks) {
  ok(chunks.length > 0, `there is nothing to merge for ${name}`);
  const merged = `./shared-${name}.js`;
  await build({
    stdin: { contents: chunks.map((chunk) => `export * from "${chunk}";`).join("\n"), resolveDir: dist },
    outfile: join(dist, merged),
    bundle: true,
    format: "esm",
    target: "es2022",
    plugins: [leaveOut((path) => !chunks.includes(path))],
    logLevel: "warning",
  });
  const exported = (file) => exportsOf(readFileSync(join(dist, file), "utf8"));
  const before = chunks.flatMap(exported).sort();
  // Of two exports of one name neither would be exported.
  deepEqual(exported(merged).sort(), before);
  for (const chunk of chunks) rmSync(join(dist, chunk));
  for (const file of readdirSync(dist).filter((file) => file.endsWith(".js") && `./${file}` !== merged)) {
    const text = readFileSync(join(dist, file), "utf8");
    const moved = text.replaceAll(CHUNK, (chunk) => (chunks.includes(chunk.slice(1, -1)) ? `"${merged}"` : chunk));
    if (moved !== text) writeFileSync(join(dist, file), moved);
  }
}

/** The names in the list of exports at the end of what esbuild has written. */
function exportsOf(text) {
  const [, list = ""] = text.match(/\nexport \{([^}]*)\};\s*$/) ?? [];
  return list.split(",").map((each) => each.trim().split(" as ").at(-1)).filter(Boolean);
}

function leaveOut(isLeftOut) {
  return {
    name: "leave-out",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\// }, ({ path }) => (isLeftOut(path) ? { path, external: true } : undefined));
    },
  };
}

// esbuild cannot split CommonJS, so each written module is translated by itself, as far as entries lead to it.
async function writeCommonjs(entries) {
  const wanted = new Set(entries.map((entry) => join(dist, `${entry}.js`)));
  for (const file of wanted) {
    await build({
      entryPoints: [file],
      outdir: dist,
      outExtension: { ".js": ".cjs" },
      bundle: true,
      format: "cjs",
      target: "node20",
      // A real require: jest and other hosts of CommonJS have no import().
      supported: { "dynamic-import": false },
      plugins: [translateImports(wanted)],
      logLevel: "warning",
    });
  }
}

function translateImports(wanted) {
  return {
    name: "translate-imports",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\// }, ({ path, kind, resolveDir }) => {
        if (kind === "entry-point") return undefined;
        // Vocabularies come in both forms already.
        if (!path.startsWith("./encodings/")) wanted.add(join(resolveDir, path));
        return { path: path.replace(/\.js$/, ".cjs"), external: true };
      });
    },
  };
}

// tsc's specifiers end in .js throughout; a declaration for CommonJS has to name the other declarations for CommonJS.
function writeDeclarations(entries) {
  const specifier = /((?:from |import\()"\.{1,2}\/[^"]+)\.js"/g;
  const wanted = new Set(entries.map((entry) => `${entry}.d.ts`));
  for (const file of wanted) {
    const written = join(template, file);
    const text = readFileSync(existsSync(written) ? written : join(types, file), "utf8");
    for (const [, found] of text.matchAll(specifier)) {
      const target = join(dirname(file), found.slice(found.indexOf('"') + 1));
      if (!target.startsWith("encodings")) wanted.add(`${target}.d.ts`);
    }
    writeFileSync(join(dist, file), text);
    writeFileSync(join(dist, file.replace(/\.ts$/, ".cts")), text.replaceAll(specifier, '$1.cjs"'));
  }
}
