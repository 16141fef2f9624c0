// The agent's tools. They really read: this repository, and the sources of what it depends on.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, posix } from "node:path";

const TEXT = /\.(rs|ts|mts|cts|js|mjs|cjs|md|toml|json|html|css)$/;
const SKIPPED = new Set([".git", "target", "node_modules", "dist", "vendor"]);
const MOST_LINES = 600;
const MOST_HITS = 60;
const MOST_FILES = 200;
const MOST_BYTES = 1_000_000;

/** What the model is told about the tools. */
export const declarations = [
  declare("list_files", "List the text files below a directory.", { path: "A directory, such as src or deps." }),
  declare("read_file", `Read a text file, ${MOST_LINES} lines at most.`, { path: "A file, as list_files names it." }),
  declare("search", "Find lines that contain a text.", { text: "The text.", path: "A directory." }),
];

/** The tools over `repository`; dependencies appear below `deps/`. */
export function openTools(repository) {
  const dependencies = dependencySources(repository);
  const place = (path) => {
    const clean = posix.normalize(`/${path}`).slice(1);
    if (!clean.startsWith("deps")) return join(repository, clean);
    return dependencies === undefined ? undefined : join(dependencies, clean.slice("deps/".length));
  };
  const files = (path) => {
    const root = place(path);
    return root !== undefined && existsSync(root) ? walk(root, path === "." ? "" : path) : [];
  };
  const tools = {
    list_files: ({ path }) => atMost(files(path), MOST_FILES, "files") || `no files below ${path}`,
    read_file: ({ path }) => read(place(path), path),
    search: ({ text, path }) => atMost(hits(files(path), place, text), MOST_HITS, "lines") || `nothing contains ${text}`,
  };
  return {
    dependencies,
    run: ({ name, arguments: given }) => tools[name](JSON.parse(given)),
  };
}

function declare(name, description, properties) {
  const described = Object.entries(properties).map(([key, text]) => [key, { type: "string", description: text }]);
  const parameters = {
    type: "object",
    properties: Object.fromEntries(described),
    required: Object.keys(properties),
    additionalProperties: false,
  };
  return { type: "function", function: { name, description, parameters } };
}

// Cargo keeps the sources of every crate that the build uses; failing that, npm's packages.
function dependencySources(repository) {
  const registry = join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "registry", "src");
  const index = existsSync(registry) ? readdirSync(registry).sort()[0] : undefined;
  if (index !== undefined) return join(registry, index);
  const modules = join(repository, "node_modules");
  return existsSync(modules) ? modules : undefined;
}

function walk(root, shown) {
  if (!statSync(root).isDirectory()) return TEXT.test(shown) ? [shown] : [];
  return readdirSync(root, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name.startsWith(".") || SKIPPED.has(entry.name)) return [];
      const path = shown === "" ? entry.name : `${shown}/${entry.name}`;
      if (entry.isDirectory()) return walk(join(root, entry.name), path);
      return entry.isFile() && TEXT.test(entry.name) ? [path] : [];
    });
}

function read(file, path) {
  if (file === undefined || !existsSync(file)) return `${path}: no such file`;
  const lines = readFileSync(file, "utf8").split("\n");
  const numbered = lines.slice(0, MOST_LINES).map((line, at) => `${at + 1}\t${line}`);
  const rest = lines.length > MOST_LINES ? [`(lines 1 to ${MOST_LINES} of ${lines.length})`] : [];
  return [...numbered, ...rest].join("\n");
}

function hits(files, place, text) {
  const found = [];
  for (const path of files) {
    const file = place(path);
    if (found.length > MOST_HITS) break;
    if (statSync(file).size > MOST_BYTES) continue;
    readFileSync(file, "utf8")
      .split("\n")
      .forEach((line, at) => {
        if (line.includes(text)) found.push(`${path}:${at + 1}: ${line.trim().slice(0, 200)}`);
      });
  }
  return found;
}

function atMost(lines, most, noun) {
  const rest = lines.length > most ? [`(the first ${most} ${noun})`] : [];
  return [...lines.slice(0, most), ...rest].join("\n");
}
