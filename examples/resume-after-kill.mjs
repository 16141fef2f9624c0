// An agent that is killed three times and still arrives: `node examples/resume-after-kill.mjs`.
//
// The agent (resume-after-kill/agent.mjs) runs in a process of its own, with real tools and a script in the model's place. It is
// ended with SIGKILL, which no process can catch, in the middle of its turns, and started again with nothing but the token of
// its last checkpoint. Its answer has to be that of a run that nobody interrupted.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { fields, heading, paint, paragraph } from "./report.mjs";

const AGENT = fileURLToPath(new URL("resume-after-kill/agent.mjs", import.meta.url));
const KILLED_IN = [2, 4, 6];

const folder = mkdtempSync(join(tmpdir(), "token-headroom-checkpoints-"));
try {
  heading("An agent is killed and goes on");
  paragraph("Before every call the guard writes the history to a file; the token of the last checkpoint is all that survives.");
  console.log();
  const whole = await run(join(folder, "whole"));
  say("undisturbed", `${whole.turns} turns, ${whole.compactions} compactions`);

  let token;
  for (const turn of KILLED_IN) {
    const killed = await run(join(folder, "killed"), token, turn);
    token = killed.token;
    say(killed.signal ?? "not killed", `in turn ${killed.turns}, at ${token.slice(0, 32)}...`);
  }
  const resumed = await run(join(folder, "killed"), token);
  say("resumed", `in turn ${resumed.first}, ${resumed.turns} turns in the end`);
  say("answer", resumed.answer);
  console.log();
  const same = resumed.answer !== undefined && resumed.answer === whole.answer && resumed.turns === whole.turns;
  console.log(same ? paint("green", "  The same answer as undisturbed.") : paint("red", `  BROKEN: undisturbed it was ${whole.answer}`));
  process.exitCode = same ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

function say(what, text) {
  fields([[what.padEnd("undisturbed".length), text]]);
}

/** Runs the agent to its end, or kills it in `lastTurn`. */
async function run(checkpoints, token, lastTurn) {
  const agent = spawn(process.execPath, [AGENT, checkpoints, ...(token === undefined ? [] : [token])], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => agent.on("close", (_, signal) => resolve(signal)));
  const seen = { token };
  for await (const line of createInterface({ input: agent.stdout })) {
    const { turn, token: written, answer, compactions } = JSON.parse(line);
    if (turn !== undefined) Object.assign(seen, { first: seen.first ?? turn, turns: turn, token: written });
    else Object.assign(seen, { answer, compactions });
    if (turn === lastTurn) agent.kill("SIGKILL");
  }
  return { ...seen, signal: await ended };
}
