// One decision at a time: a history up to some call, a limit, and what each compactor makes of it.

import { Meter } from "./meter.mjs";
import { taskKept } from "./references.mjs";
import { request, wire } from "./request.mjs";
import { broken } from "./valid.mjs";

/** Where a history is cut: before the last reply at or before each share of it. What comes after is what later calls name. */
export const POINTS = [0.5, 0.75, 1];

/** The cuts of a history, as numbers of messages. */
export function cuts(messages) {
  const found = POINTS.map((share) => {
    let cut = Math.min(messages.length - 1, Math.floor(messages.length * share));
    while (cut > 0 && messages[cut].role !== "assistant") {
      cut--;
    }
    return cut;
  });
  return [...new Set(found)].filter((cut) => cut >= 2);
}

/** What `contestant` makes of the history at every cut and limit. */
export async function plans(trajectory, judge, references, contestant, limits) {
  const outcomes = [];
  for (const cut of cuts(trajectory.messages)) {
    const prefix = trajectory.messages.slice(0, cut);
    const source = wire(trajectory.target, prefix);
    const size = judge.project(source).upperBound;
    for (const share of limits) {
      const limit = Math.floor(size * share);
      const session = contestant.start(trajectory, judge);
      const own = session.take(prefix);
      // Whoever finds a request too large has counted it: no plan pays for the first count of its texts.
      await session.size(own, limit, new Meter());
      const began = performance.now();
      const believed = await session.size(own, limit, new Meter());
      const kept = believed <= limit ? own : await session.compact(own, limit, new Meter());
      const ms = performance.now() - began;
      outcomes.push({
        ...judged(trajectory, judge, session.messages(kept), source, limit),
        references: references.share(cut, prefix, session.units(kept)),
        task: taskKept(prefix, session.units(kept)),
        irreducible: session.irreducible > 0,
        key: `${trajectory.id} ${cut} ${share}`,
        ms,
      });
    }
  }
  return outcomes;
}

function judged(trajectory, judge, messages, source, limit) {
  const rules = broken(request(trajectory, messages), request(trajectory, source));
  // Nothing is no request, and no projection is made of it.
  const tokens = messages.length === 0 ? judge.fixed : judge.project(messages).upperBound;
  return { rules, valid: rules.length === 0, fits: tokens <= limit, kept: tokens / limit };
}
