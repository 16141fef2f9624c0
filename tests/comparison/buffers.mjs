// Rules without a library: the model contexts of AutoGen (autogen-core 0.7.5, Python), and dropping the oldest.

import { wire } from "./request.mjs";

const SIZES = [64, 32, 16, 8, 4, 2];
const HEAD = 2;

// BufferedChatCompletionContext: the last n; a result that would come first is dropped.
function lastMessages(messages, count) {
  return withoutLeadingResult(messages.slice(-count));
}

// HeadAndTailChatCompletionContext: calls at the head's end and a result at the tail's start go, a notice stands between.
function headAndTail(messages, head, tail) {
  const skipped = messages.length - head - tail;
  if (skipped <= 0) {
    return messages;
  }
  const first = messages.slice(0, head);
  const kept = first.at(-1)?.parts.some(({ type }) => type === "call") ? first.slice(0, -1) : first;
  const notice = { role: "user", parts: [{ type: "text", text: `Skipped ${skipped} messages.` }] };
  return [...kept, notice, ...withoutLeadingResult(messages.slice(-tail))];
}

// TokenLimitedChatCompletionContext: the middle message goes, again and again; then a leading result. (Later
// sources drop every result whose call went; calls whose results went stay in both.)
function withoutMiddle(messages, limit, count) {
  const kept = [...messages];
  while (kept.length > 0 && count(kept) > limit) {
    kept.splice(Math.floor(kept.length / 2), 1);
  }
  return withoutLeadingResult(kept);
}

function withoutOldest(messages, limit, count) {
  const kept = [...messages];
  while (kept.length > 0 && count(kept) > limit) {
    kept.shift();
  }
  return withoutLeadingResult(kept);
}

function withoutLeadingResult(messages) {
  return messages[0]?.role === "tool" ? messages.slice(1) : messages;
}

// The size is the caller's to choose: the largest that fits.
const laddered = (rule) => (messages, limit, count) => {
  let kept = messages;
  for (const size of SIZES) {
    kept = rule(messages, size);
    if (count(kept) <= limit) {
      break;
    }
  }
  return kept;
};

export const contestants = [
  contestant("keep the last n", `AutoGen's buffer; n ${SIZES.join(", ")} until it fits`, laddered(lastMessages)),
  contestant("head and tail", `AutoGen's; head ${HEAD}, tail ${SIZES.join(", ")} until it fits`, laddered((messages, size) => headAndTail(messages, HEAD, size))),
  contestant("token-limited", "AutoGen's; pops the middle message until it fits; our counter", withoutMiddle),
  contestant("drop the oldest", "message by message until it fits, then a leading result; our counter", withoutOldest),
];

function contestant(name, settings, rule) {
  return { name, library: "rule", settings, start: (trajectory, judge) => new Buffer(trajectory, judge, rule) };
}

/** Neutral messages are AutoGen's own form but for the names: a turn's results are one message there too. */
class Buffer {
  #trajectory;
  #judge;
  #rule;

  constructor(trajectory, judge, rule) {
    this.#trajectory = trajectory;
    this.#judge = judge;
    this.#rule = rule;
  }

  take(messages) {
    return messages;
  }

  units(own) {
    return own;
  }

  messages(own) {
    return wire(this.#trajectory.target, own);
  }

  size(own, limit, meter) {
    meter.list(own);
    return this.#judge.compared(this.#judge.sum(own), limit, () => this.messages(own));
  }

  compact(own, limit, meter) {
    let calls = 0;
    // The first count of a rule that counts is the check that was made before it was called.
    const free = this.#rule === withoutMiddle || this.#rule === withoutOldest;
    return this.#rule(own, limit, (messages) => this.size(messages, limit, free && calls++ === 0 ? unmetered : meter));
  }
}

const unmetered = { list() {} };
