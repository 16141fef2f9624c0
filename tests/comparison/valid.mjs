// Whether an API would take a request: the rules about roles, calls and results that a provider answers with an error.

import * as installed from "token-headroom";

/** The rules that `request` breaks: `{ ok, violations: [{ invariant, path, message }] }`. That of the package, where it has one. */
export const validate = installed.validate ?? pairing;

/** A rule of this comparison: a history of nothing is refused by every API or answers nothing. */
export const EMPTY = "nothing left";

/** The names of the rules that `request` breaks and `source`, from which it was made, does not. */
export function broken(request, source) {
  if (!request.messages.some(({ role }) => role !== "system")) {
    return [EMPTY];
  }
  const before = new Set(validate(source).violations.map(({ invariant }) => invariant));
  const names = validate(request).violations.map(({ invariant }) => invariant);
  return [...new Set(names)].filter((name) => !before.has(name)).sort();
}

/** The rules of pairing and roles alone, in the same shape. */
export function pairing(request) {
  const violations = [];
  const breaks = (invariant, index, message) => violations.push({ invariant, path: `messages[${index}]`, message });
  const { messages } = request;
  if (messages.some(({ content }) => Array.isArray(content))) {
    anthropic(messages, breaks);
  } else {
    openai(messages, breaks);
  }
  return { ok: violations.length === 0, violations };
}

function openai(messages, breaks) {
  const seen = new Set();
  for (let index = 0; index < messages.length; index++) {
    const { role, content, tool_calls: calls = [], tool_call_id } = messages[index];
    if (role === "tool") {
      // Those that follow their calls are passed over below.
      breaks("OC2", index, `no call ${tool_call_id} comes right before its result`);
      continue;
    }
    if (calls.length === 0 && (content === null || content === "")) {
      breaks("OC5", index, "the message is empty");
    }
    const open = new Set(calls.map(({ id }) => id));
    for (const id of open) {
      if (seen.has(id)) {
        breaks("C3", index, `the id ${id} occurs before`);
      }
      seen.add(id);
    }
    const waits = open.size > 0;
    while (waits && messages[index + 1]?.role === "tool" && open.delete(messages[index + 1].tool_call_id)) {
      index++;
    }
    if (open.size > 0) {
      breaks("OC1", index, `no result of ${[...open].join(", ")} follows`);
    }
  }
}

function anthropic(messages, breaks) {
  if (messages[0].role !== "user") {
    breaks("AN2", 0, "the first message is not the user's");
  }
  const seen = new Set();
  let open = new Set();
  messages.forEach(({ role, content }, index) => {
    const blocks = typeof content === "string" ? [{ type: "text", text: content }] : content;
    if (blocks.length === 0 || blocks.some(({ type, text }) => type === "text" && text === "")) {
      breaks("C5", index, "the message is empty");
    }
    let others = false;
    for (const block of blocks) {
      if (block.type !== "tool_result") {
        others = true;
      } else if (!open.delete(block.tool_use_id)) {
        breaks("AN1", index, `no call ${block.tool_use_id} in the message before`);
      } else if (others) {
        breaks("AN1", index, `the result of ${block.tool_use_id} is not at the start`);
      }
    }
    if (open.size > 0) {
      breaks("AN1", index, `no result of ${[...open].join(", ")}`);
    }
    open = new Set(role === "assistant" ? blocks.filter(({ type }) => type === "tool_use").map(({ id }) => id) : []);
    for (const id of open) {
      if (seen.has(id)) {
        breaks("C3", index, `the id ${id} occurs before`);
      }
      seen.add(id);
    }
  });
  if (open.size > 0) {
    breaks("AN1", messages.length - 1, `no result of ${[...open].join(", ")}`);
  }
}
