import { readFile, stat, writeFile } from "node:fs/promises";
import process from "node:process";
import { TokenHeadroomError } from "./errors.js";
import { modelInfo } from "./index.js";
import { listModels } from "./model-list.js";
import { type Refreshed, refresh } from "./refresh.js";
import { readRegistry } from "./registry.js";
import { HOSTS } from "./registry-providers.js";

const HELP = `usage: token-headroom models FILE [--out FILE] [--hosts NAME,...] [--date YYYY-MM-DD]

Reads api.json of models.dev or model_prices_and_context_window.json of litellm, which you download, and writes limits and
prices of the models of the catalogue and of new ones, to be passed as the option \`models\`:

  import models from "./models.mjs";
  const budget = await createTokenBudget({ model, models });

  --out FILE      write a module (.js, .mjs, .cjs, .ts) or JSON; otherwise JSON is printed
  --hosts NAMES   also what these hosts do differently: ${Object.keys(HOSTS).join(", ")}
  --date DATE     the day the file is from; default: when it was last changed

What differs from the catalogue, what is new and what is unclear is told on the error stream.
`;

/** `token-headroom models`: gives what is printed. */
export async function writeModels(args: readonly string[]): Promise<string> {
  if (args.includes("--help") || args.includes("-h")) {
    return HELP;
  }
  const { file, out, hosts, date } = read(args);
  const registry = readRegistry(parse(file, await readFile(file, "utf8")));
  const day = date ?? (await stat(file)).mtime.toISOString().slice(0, 10);
  const refreshed = refresh(registry, listModels(), { rowOf, source: registry.name, date: day, hosts });
  process.stderr.write(report(refreshed));
  const header = `Limits and prices of models from ${registry.name}, as of ${day}. Written by token-headroom models.`;
  if (out === undefined) {
    return written("json", refreshed, header);
  }
  await writeFile(out, written(out.slice(out.lastIndexOf(".") + 1), refreshed, header));
  return "";
}

/** Names as the core reads them, dates and all. */
function rowOf(name: string): string | undefined {
  try {
    return modelInfo({ model: name }).row;
  } catch (error) {
    if (TokenHeadroomError.is(error) && error.code === "unknown_model") {
      return undefined;
    }
    throw error;
  }
}

function report({ models, differences, added, unclear }: Refreshed): string {
  const show = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));
  const lines = [
    ...differences.map(({ model, field, ours, theirs }) => `differs  ${model} ${field}: ${show(ours)} -> ${show(theirs)}`),
    ...added.map(({ model, like }) => `new      ${model}, counted like ${like}`),
    ...unclear.map(({ model, why }) => `unclear  ${model}: ${why}`),
    `${Object.keys(models).length} models, ${differences.length} differences, ${added.length} new, ${unclear.length} unclear`,
  ];
  return `${lines.join("\n")}\n`;
}

function written(format: string, { models }: Refreshed, header: string): string {
  const rows = Object.entries(models).map(([name, row]) => `  ${JSON.stringify(name)}: ${JSON.stringify(row)}`);
  const object = `{\n${rows.join(",\n")}\n}`;
  switch (format) {
    case "json":
      return `${object}\n`;
    case "cjs":
      return `// ${header}\nmodule.exports = ${object};\n`;
    case "js":
    case "mjs":
      return `// ${header}\nexport default ${object};\n`;
    case "ts":
    case "mts":
      return `// ${header}\nimport type { ModelOverrides } from "token-headroom";\n\nexport default ${object} satisfies ModelOverrides;\n`;
    default:
      throw usage(`found the ending .${format}, expected .json, .js, .mjs, .cjs, .ts or .mts`, "--out");
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TokenHeadroomError(`${file} is no JSON`, { code: "invalid_value", path: file, cause });
  }
}

interface Arguments {
  readonly file: string;
  readonly out?: string | undefined;
  readonly hosts?: readonly string[] | undefined;
  readonly date?: string | undefined;
}

function read(args: readonly string[]): Arguments {
  const values: Record<string, string> = {};
  const files: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    if (!arg.startsWith("--")) {
      files.push(arg);
      continue;
    }
    const [option = "", inline] = arg.split(/=(.*)/s);
    const value = inline ?? args[++at];
    if (!["--out", "--hosts", "--date"].includes(option)) {
      throw usage(`found the option ${option}, expected --out, --hosts or --date`, option);
    }
    if (value === undefined || value === "") {
      throw usage(`found nothing after ${option}`, option);
    }
    values[option] = value;
  }
  const [file] = files;
  if (file === undefined || files.length > 1) {
    throw usage(`found ${files.length} files, expected one`, "FILE");
  }
  const { "--out": out, "--hosts": hosts, "--date": date } = values;
  const listed = hosts?.split(",");
  const stranger = listed?.find((host) => !Object.hasOwn(HOSTS, host));
  if (stranger !== undefined) {
    throw usage(`found the host ${stranger}, expected some of ${Object.keys(HOSTS).join(", ")}`, "--hosts");
  }
  if (date !== undefined && !/^\d{4}-\d\d-\d\d$/.test(date)) {
    throw usage(`found ${date}, expected a day as 2026-11-20`, "--date");
  }
  return { file, out, hosts: listed, date };
}

function usage(message: string, path: string): TokenHeadroomError {
  return new TokenHeadroomError(message, { code: "invalid_option", path, hint: "see token-headroom models --help" });
}
