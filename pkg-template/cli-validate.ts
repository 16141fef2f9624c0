import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { TokenHeadroomError } from "./errors.js";
import { repair, validate } from "./index.js";
import type { Dialect, RequestInput, Violation } from "./types.js";

const HELP = `usage: token-headroom validate FILE [--dialect NAME] [--repair] [--out FILE]

Checks a request, or a list of messages, in a JSON file against the rules of its API, without a model: calls and results,
turns, thoughts. What is broken is printed, one line each: the invariant, the place, what was found, what helps.

  --dialect NAME  how it is written; default: recognised by what it holds
  --repair        print the request made valid; what was changed is told on the error stream
  --out FILE      write it there instead

Ends with 1 when something is broken, or is left after a repair.
`;

/** `token-headroom validate`: gives what is printed. */
export async function validateFile(args: readonly string[]): Promise<string> {
  if (args.includes("--help") || args.includes("-h")) {
    return HELP;
  }
  const { file, dialect, repairs, out } = read(args);
  const request = parse(file, await readFile(file, "utf8"));
  if (!repairs) {
    const { violations, ...validation } = validate(request, { dialect });
    return ending(violations, `valid ${validation.dialect}\n`);
  }
  const { request: repaired, changes, violations } = repair(request, { dialect });
  const told = changes.map(({ invariant, path, message }) => `${invariant} ${path}: ${message}\n`).join("");
  process.stderr.write(told + ending(violations, ""));
  const json = `${JSON.stringify(repaired, null, 2)}\n`;
  if (out === undefined) {
    return json;
  }
  await writeFile(out, json);
  return "";
}

function ending(violations: readonly Violation[], otherwise: string): string {
  if (violations.length === 0) {
    return otherwise;
  }
  process.exitCode = 1;
  return violations.map(line).join("");
}

function line({ invariant, path, message, hint }: Violation): string {
  return `${invariant} ${path}: ${message}${hint === undefined ? "" : ` (${hint})`}\n`;
}

function parse(file: string, text: string): RequestInput {
  try {
    return JSON.parse(text) as RequestInput;
  } catch (cause) {
    throw new TokenHeadroomError(`${file} is no JSON`, { code: "invalid_value", path: file, cause });
  }
}

interface Arguments {
  readonly file: string;
  readonly dialect: Dialect | undefined;
  readonly repairs: boolean;
  readonly out: string | undefined;
}

function read(args: readonly string[]): Arguments {
  const values: Record<string, string> = {};
  const files: string[] = [];
  let repairs = false;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    if (arg === "--repair") {
      repairs = true;
      continue;
    }
    if (!arg.startsWith("--")) {
      files.push(arg);
      continue;
    }
    const [option = "", inline] = arg.split(/=(.*)/s);
    const value = inline ?? args[++at];
    if (!["--dialect", "--out"].includes(option)) {
      throw usage(`found the option ${option}, expected --dialect, --repair or --out`, option);
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
  const { "--dialect": dialect, "--out": out } = values;
  if (out !== undefined && !repairs) {
    throw usage("found --out without --repair", "--out");
  }
  // A name that is none is refused where it is read.
  return { file, dialect: dialect as Dialect | undefined, repairs, out };
}

function usage(message: string, path: string): TokenHeadroomError {
  return new TokenHeadroomError(message, { code: "invalid_option", path, hint: "see token-headroom validate --help" });
}
