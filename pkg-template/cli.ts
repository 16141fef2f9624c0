#!/usr/bin/env node
import process from "node:process";
import { writeModels } from "./cli-models.js";
import { validateFile } from "./cli-validate.js";
import { TokenHeadroomError } from "./errors.js";

const HELP = `usage: token-headroom <command>

  models FILE    limits and prices of models from a file of models.dev or litellm
  validate FILE  what of a request its API would refuse, and the request repaired
  --help         this text; after a command, what that command takes
`;

type Command = (args: readonly string[]) => Promise<string>;

/** Each gives what is printed; what else there is to say goes to the error stream. */
const COMMANDS: Readonly<Record<string, Command>> = { models: writeModels, validate: validateFile };

const [name = "--help", ...rest] = process.argv.slice(2);
run(name, rest).then(
  (printed) => process.stdout.write(printed),
  (error: unknown) => {
    process.stderr.write(`token-headroom: ${told(error)}\n`);
    process.exitCode = TokenHeadroomError.is(error) && error.code === "invalid_option" ? 2 : 1;
  },
);

async function run(name: string, args: readonly string[]): Promise<string> {
  if (["--help", "-h", "help"].includes(name)) {
    return HELP;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new TokenHeadroomError(`found no command ${JSON.stringify(name)}`, {
      code: "invalid_option",
      hint: `there are ${Object.keys(COMMANDS).join(", ")}; see token-headroom --help`,
    });
  }
  return command(args);
}

function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
