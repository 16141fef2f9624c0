// Counts lists of texts for as long as is reasonable.

import { stopwatch } from "./clock.mjs";

const WARM_UP_MS = 1_000;
const CHECKED_EVERY = 8;

/** Counts until the texts end or the limit is reached; at least one group of texts. */
export function countUntil(count, texts, limitMs) {
  const clock = stopwatch();
  let tokens = 0;
  let done = 0;
  while (done < texts.length) {
    const to = Math.min(done + CHECKED_EVERY, texts.length);
    for (; done < to; done++) tokens += count(texts[done]);
    if (clock.elapsed() > limitMs) break;
  }
  return { done, tokens, ms: clock.ms() };
}

/**
 * Lets the runtime compile what it is going to, which it does beside the counting: as long for a fast library as for a slow one, so the
 * texts again and again. Then what reading them has left behind is collected, which would otherwise happen while texts are counted.
 */
export function warmUp(count, texts) {
  for (let left = WARM_UP_MS; left > 0; ) {
    const clock = stopwatch();
    countUntil(count, texts, left);
    left -= clock.elapsed();
  }
  globalThis.gc();
}
