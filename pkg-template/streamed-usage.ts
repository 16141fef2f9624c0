import { decodeBase64 } from "./base64.js";
import { framesOf } from "./event-frames.js";
import type { Usage } from "./types.js";
import { answerOf, partialReportIn, usageOf } from "./usage.js";
import type { Watch } from "./watched.js";

// What an event must mention to be worth reading: most are single words of the answer.
const MENTIONS = /usage\w*"\s*:\s*\{|tokens"\s*:\s*\{|_eval_count"|tokens_evaluated"|(?:finish|stop|done)_?reason"\s*:\s*"|^\s*\{"bytes"/i;
/** Where an event has the answer, or what has changed of it: Anthropic, Responses and Cohere, Anthropic and Cohere. */
const WITHIN = ["message", "response", "delta"] as const;

/** Gathers what an answer reports of its usage, whole or streamed, while somebody else reads it; then tells it. */
export function watchUsage(contentType: string, tell: (usage: Usage) => void): Watch | undefined {
  const frames = framesOf(contentType);
  if (frames === undefined) {
    return undefined;
  }
  let answer: Answer = {};
  let isOver = false;
  const read = (texts: Iterable<string>) => {
    for (const text of texts) {
      if (MENTIONS.test(text)) {
        answer = joined(answer, parsed(text));
      }
    }
  };
  const end = () => {
    const usage = usageOf(answer);
    if (!isOver && usage !== undefined) {
      isOver = true;
      tell(usage);
    }
  };
  return {
    see(bytes) {
      try {
        read(isOver ? [] : frames.split(bytes));
      } catch {
        // Not as expected: what was reported by then is all that will be known.
        end();
        isOver = true;
      }
    },
    end() {
      try {
        read(isOver ? [] : frames.end());
      } finally {
        end();
      }
    },
  };
}

/** What is known of an answer; its usage in one object, whatever it is called. */
interface Answer {
  readonly usage?: Readonly<Record<string, unknown>>;
  readonly model?: string;
  readonly stop_reason?: string;
  readonly truncated?: true;
}

function joined(answer: Answer, event: unknown): Answer {
  const parts = [event, ...WITHIN.map((key) => (event as Record<string, unknown> | null)?.[key])];
  return parts.reduce<Answer>((known, part) => {
    const report = partialReportIn(part);
    return { ...known, ...answerOf(part), ...(report === undefined ? {} : { usage: summed(known.usage ?? {}, report) }) };
  }, answer);
}

// Counts of a stream grow from event to event; an event that does not know one leaves it out, or says null or 0.
function summed(known: Readonly<Record<string, unknown>>, report: object): Readonly<Record<string, unknown>> {
  const grown = Object.entries(report).filter(([key, value]) => {
    const before = known[key];
    return value !== null && !(typeof before === "number" && typeof value === "number" && before > value);
  });
  return { ...known, ...Object.fromEntries(grown) };
}

function parsed(text: string): unknown {
  try {
    const event: unknown = JSON.parse(text);
    // Bedrock hands on Anthropic's events in base64.
    const { bytes } = (event ?? {}) as { readonly bytes?: unknown };
    return typeof bytes === "string" ? JSON.parse(new TextDecoder().decode(decodeBase64(bytes))) : event;
  } catch {
    return undefined;
  }
}
