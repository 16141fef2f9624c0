// A whole session: a fixed window, and at every call the history as the compactor left it plus what has been said since.

import { cost } from "./cost.mjs";
import { Meter } from "./meter.mjs";
import { request, wire } from "./request.mjs";
import { broken } from "./valid.mjs";

/** The replies of a history, by index: before each the model was called. */
export function replies(messages) {
  return messages.flatMap(({ role }, index) => (role === "assistant" && index > 0 ? [index] : []));
}

/** Walks the trajectory under `window` and says what the calls cost, how many were refused and what was counted. */
export async function walk(trajectory, judge, references, contestant, window, prices) {
  const meter = new Meter();
  const session = contestant.start(trajectory, judge);
  const calls = [];
  let [own, from] = [[], 0];
  for (const reply of replies(trajectory.messages)) {
    own = [...own, ...session.take(trajectory.messages.slice(from, reply))];
    from = reply;
    const believed = await session.size(own, window, meter);
    const before = own;
    own = believed <= window ? own : await session.compact(own, window, meter);
    calls.push({ own, before, reply });
  }
  // Judged when all is counted: the judge's counter must not do the work of the one that is measured.
  judge.whole();
  const source = request(trajectory, wire(trajectory.target, trajectory.messages.slice(0, from)));
  const requests = calls.map(({ own }) => session.units(own));
  let [refused, compactions, asked, answered, valid] = [0, 0, 0, 0, true];
  calls.forEach(({ own, before, reply }, index) => {
    const messages = session.messages(own);
    // What was appended is as valid as it was; only a compaction can change that.
    if (own !== before && !same(session.units(before), requests[index])) {
      compactions++;
      valid = broken(request(trajectory, messages), source).length === 0;
    }
    const fits = messages.length === 0 || judge.compared(judge.sum(requests[index]), window, () => messages) <= window;
    refused += valid && fits ? 0 : 1;
    const named = references.next(reply, trajectory.messages.slice(0, reply), requests[index]);
    asked += named.asked;
    answered += named.answered;
  });
  const tokens = cost(requests, (unit) => judge.tokens(unit), judge.fixed, prices);
  const counted = { messages: meter.messages, characters: meter.characters };
  return { calls: calls.length, compactions, refused, asked, answered, tokens, usd: (tokens * prices.input) / 1e6, ...counted };
}

function same(some, others) {
  return some.length === others.length && some.every((unit, index) => unit === others[index]);
}
