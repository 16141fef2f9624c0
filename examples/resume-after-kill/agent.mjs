// The agent that gets killed: `node agent.mjs FOLDER [TOKEN]`. It keeps its checkpoints in FOLDER and, given a token, goes on
// where that was written. Every line that it prints is JSON: a turn with its token, at last the answer.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { guard } from "token-headroom";
import { restore } from "token-headroom/checkpoint";
import { declarations, openTools } from "../coding-agent/tools.mjs";
import { fileStore } from "./file-store.mjs";
import { answer, SYSTEM, TASK } from "./model.mjs";

// So small a window that the history has to be compacted on the way.
const context = { model: "gpt-4o", maxContextTokens: 8_000, headroom: 500 };

const [folder, token] = process.argv.slice(2);
const store = fileStore(folder);
const restored = token === undefined ? undefined : await restore(token, { store });
const history = [
  ...(restored?.request.messages ?? [
    { role: "system", content: SYSTEM },
    { role: "user", content: TASK },
  ]),
];

const tools = openTools(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const say = (line) => console.log(JSON.stringify(line));
let compactions = 0;

const call = guard(
  (body) => {
    say({ turn: history.filter(({ role }) => role === "assistant").length + 1, token: call.checkpoint });
    return answer(body);
  },
  {
    context,
    onOverflow: "compact",
    onCompact: () => (compactions += 1),
    checkpoint: { store, task: "longest-example", restored },
  },
);

for (;;) {
  const { message } = (await call({ model: context.model, messages: history, tools: declarations })).choices[0];
  history.push(message);
  if (message.tool_calls === undefined) {
    say({ answer: message.content, compactions });
    break;
  }
  for (const { id, function: called } of message.tool_calls) {
    history.push({ role: "tool", tool_call_id: id, content: tools.run(called) });
  }
}
