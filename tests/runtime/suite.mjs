// What must hold in every runtime. Plain JavaScript and web standards only: no test runner, no Node.

/**
 * Runs everything against one copy of the package.
 *
 * `package_`: the namespaces of `token-headroom`, `/fetch`, `/edge`, `/checkpoint`, `/tokenizer` as
 * `{ main, fetch, edge, checkpoint, tokenizer }`, and the imported encodings as `{ o200k_base, cl100k_base, o200k_ids }`. `texts`: the content of texts.json.
 * Returns `{ passed, failures: [{ name, message }] }`.
 */
export async function run(package_, texts) {
  const { main, fetch, edge, checkpoint, tokenizer, o200k_base, cl100k_base, o200k_ids } = package_;
  const failures = [];
  let passed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check({ main, fetch, edge, checkpoint, tokenizer, encodings: { o200k_base, cl100k_base }, o200k_ids, texts });
      passed++;
    } catch (error) {
      failures.push({ name, message: String(error?.stack ?? error) });
    }
  }
  return { passed, failures };
}

const models = { o200k_base: "gpt-4o", cl100k_base: "gpt-4" };
/** A recording in base64: a byte for each of 8,000 samples a second. */
function silence(seconds) {
  const size = 8_000 * seconds;
  const number = (value) => String.fromCharCode(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
  const format = `fmt ${number(16)}\x01\0\x01\0${number(8_000)}${number(8_000)}\x01\0\x08\0`;
  return btoa(`RIFF${number(36 + size)}WAVE${format}data${number(size)}${"\x80".repeat(size)}`);
}

const narrow = { model: "gpt-4o", maxContextTokens: 3_000, headroom: 500 };

const checks = {
  async "counts are those of the reference tokenizers"({ main, encodings, texts }) {
    for (const [encoding, model] of Object.entries(models)) {
      const budget = main.createTokenBudgetSync({ model, encoding: encodings[encoding] });
      for (const [name, expected] of Object.entries(texts)) {
        equal(budget.countTokens(expected.text), expected[encoding], `${encoding}, ${name}`);
      }
    }
  },

  async "vocabularies load by themselves"({ main, texts }) {
    for (const [encoding, model] of Object.entries(models)) {
      const budget = await main.createTokenBudget({ model });
      equal(budget.model.encoding, encoding);
      equal(budget.countTokens(texts.prose.text), texts.prose[encoding]);
    }
  },

  async "a lone surrogate counts as U+FFFD"({ main }) {
    const budget = await main.createTokenBudget({ model: "gpt-4o" });
    equal(budget.countTokens("a\ud800b\udc00"), budget.countTokens("a\ufffdb\ufffd"));
    equal(budget.countTokens("\udc00\ud800"), budget.countTokens("\ufffd\ufffd"));
  },

  // Before anything is planned: what reads recordings is in the half of the core that plans.
  async "a recording counts by its length"({ main }) {
    const budget = await main.createTokenBudget({ model: "gpt-4o-audio-preview" });
    const tokens = (seconds) => {
      const input_audio = { data: silence(seconds), format: "wav" };
      return budget.project([{ role: "user", content: [{ type: "input_audio", input_audio }] }]).tokens;
    };
    equal(tokens(5) - tokens(2), 30);
  },

  async "counting stops at a limit"({ main, texts }) {
    const budget = await main.createTokenBudget({ model: "gpt-4o" });
    const { text, o200k_base: tokens } = texts.code;
    equal(budget.countUpTo(text, tokens), tokens);
    equal(budget.countUpTo(text, tokens - 1), undefined);
    equal(budget.countUpTo("", 0), 0);
  },

  async "the tokenizer alone counts, cuts, encodes and decodes"({ tokenizer, encodings, o200k_ids, texts }) {
    for (const name of Object.keys(models)) {
      const loaded = await tokenizer.loadEncoding(name, { ids: true });
      for (const { text, [name]: tokens } of Object.values(texts)) {
        equal(loaded.countTokens(text), tokens);
        equal(loaded.countUpTo(text, tokens), tokens);
        equal(loaded.countUpTo(text, Math.max(0, tokens - 1)), tokens === 0 ? 0 : undefined);
        equal(loaded.encode(text).length, tokens);
        equal(loaded.decode(loaded.encode(text)), text);
        equal(loaded.truncate(text, 7).text, text.slice(0, text.length - loaded.truncate(text, 7).omitted));
      }
      equal(tokenizer.loadEncodingSync(loaded.module).countTokens(texts.prose.text), texts.prose[name]);
    }
    const direct = tokenizer.loadEncodingSync(encodings.o200k_base, { ids: o200k_ids });
    equal([...direct.encode("hello world")].join(), "24912,2375");
    equal(JSON.stringify([await tokenizer.encodingForModel("gpt-4o"), direct]), '["o200k_base",{"name":"o200k_base","warnings":[]}]');
    const error = await tokenizer.loadEncoding("o300k_base").catch((error) => error);
    ok(tokenizer.TokenHeadroomError.is(error) && error.code === "unknown_encoding", String(error));
  },

  async "a model's own file loads"({ tokenizer }) {
    // Every byte, then "he", "ll" and "hell", in the form of tiktoken's files.
    const tokens = [...Array.from({ length: 256 }, (_, byte) => [byte]), [104, 101], [108, 108], [104, 101, 108, 108]];
    const file = tokens.map((bytes, rank) => `${btoa(String.fromCharCode(...bytes))} ${rank}\n`).join("");
    for (const form of [file, new TextEncoder().encode(file), new TextEncoder().encode(file).buffer]) {
      const options = { name: "tiny", preset: "cl100k_base", specialTokens: { "<|mine|>": 300 } };
      const loaded = await tokenizer.loadEncoding(form, options);
      equal(loaded.name, "tiny");
      equal([...loaded.encode("hello")].join(), "258,111");
      equal(loaded.decode([258, 111, 300]), "hello<|mine|>");
      equal(tokenizer.loadEncodingSync(loaded.module).countTokens("hello"), 2);
    }
    for (const [given, options, code] of [
      [file, {}, "invalid_option"],
      ["{}", {}, "unsupported_tokenizer"],
      [new Uint8Array(9), {}, undefined],
      [file, { preset: "cl100k_base", specialTokens: { a: -1 } }, "invalid_option"],
    ]) {
      const error = await tokenizer.loadEncoding(given, options).catch((error) => error);
      ok(tokenizer.TokenHeadroomError.is(error), String(error));
      ok(code === undefined || error.code === code, error.message);
    }
  },

  async "truncation keeps the asked end within the limit and splits no character"({ main, texts }) {
    const budget = await main.createTokenBudget({ model: "gpt-4o" });
    for (const { text } of Object.values(texts)) {
      for (const keep of ["head", "tail", "both"]) {
        for (const limit of [0, 1, 5, 1_000]) {
          const cut = budget.truncate(text, limit, { keep });
          equal(cut.text, cut.head + cut.tail);
          equal(cut.tokens, budget.countTokens(cut.text));
          ok(cut.tokens <= limit, `${cut.tokens} tokens, at most ${limit}`);
          ok(text.startsWith(cut.head) && text.endsWith(cut.tail), "what is kept is the start and the end");
          equal(cut.omitted, text.length - cut.text.length);
          ok(cut.text.isWellFormed?.() ?? true, "no half of a character is left");
        }
      }
    }
  },

  async "a projection sums up and an overflow is thrown"({ main }) {
    const budget = await main.createTokenBudget(narrow);
    const projection = budget.project({ messages: history(2) });
    equal(sum(Object.values(projection.byCategory)), projection.tokens, "categories");
    equal(sumOfMessages(projection), projection.tokens, "messages");
    equal(projection.available, 2_500);
    equal(budget.check(history(2)).verdict, "fits");
    const error = caught(() => budget.check(history(12)));
    ok(main.ContextOverflowError.is(error) && main.TokenHeadroomError.is(error), String(error));
    ok(error instanceof main.ContextOverflowError && error instanceof Error);
    equal(error.overBy, error.projectedTokens - 2_500);
  },

  async "requests of other providers are read and counted in their models' vocabularies"({ main }) {
    const system = "You keep the log of a lighthouse.";
    const input = { day: 1 };
    const called = [
      { role: "user", content: "Read the log." },
      { role: "assistant", content: [{ type: "tool_use", id: "call_1", name: "read_log", input }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content: "Calm." }] },
    ];
    const contents = [
      { role: "user", parts: [{ text: "Read the log." }] },
      { role: "model", parts: [{ functionCall: { name: "read_log", args: input } }] },
      { role: "user", parts: [{ functionResponse: { name: "read_log", response: { log: "Calm." } } }] },
    ];
    for (const [model, encoding, body] of [
      ["claude-3-5-haiku-20241022", "claude-gen1", { max_tokens: 100, system, messages: called }],
      ["gemini-2.5-flash", "gemma3", { systemInstruction: { parts: [{ text: system }] }, contents }],
    ]) {
      const budget = await main.createTokenBudget({ model });
      const projection = budget.project(body);
      equal(projection.encoding, encoding);
      equal(projection.messages.length, 3);
      equal(sumOfMessages(projection), projection.tokens, model);
      ok(projection.instructions > 0 && projection.byCategory.toolCalls > 0 && projection.byCategory.toolResults > 0, model);
      equal(budget.record(projection, { usage: { input_tokens: projection.tokens } }).verdict, "agrees");
      equal(budget.plan(body).status, "unneeded");
    }
  },

  async "a plan makes it fit, keeps the caller's objects and is proved"({ main }) {
    const budget = await main.createTokenBudget(narrow);
    const messages = history(12);
    const before = JSON.stringify(messages);
    const plan = budget.plan(messages);
    equal(plan.status, "planned");
    const applied = budget.apply(messages, plan);
    equal(JSON.stringify(messages), before, "the history is as it was");
    equal(applied[0], messages[0]);
    equal(applied.at(-1), messages.at(-1));
    const proof = budget.verify(messages, plan);
    equal(JSON.stringify(proof.violations), "[]");
    ok(proof.ok);
    const after = budget.project(applied);
    equal(after.tokens, plan.after.tokens);
    ok(after.upperBound <= plan.available, `${after.upperBound} is at most the available ${plan.available}`);
    equal(plan.released, plan.after.upperBound <= plan.target);
    equal(budget.plan(applied).status, "unneeded");
    equal(JSON.stringify(budget.plan(messages)), JSON.stringify(plan), "plans are deterministic");
    equal(budget.apply({ model: "gpt-4o", messages }, budget.plan({ model: "gpt-4o", messages })).model, "gpt-4o");
  },

  async "bad input is refused with its place, and the next call works"({ main }) {
    const budget = await main.createTokenBudget(narrow);
    const cyclic = { role: "user", content: [] };
    cyclic.content.push(cyclic);
    const bad = [
      [null, "invalid_type", ""],
      [{ messages: "none" }, "invalid_type", "messages"],
      [[{ role: "robot", content: "" }], "unknown_role", "messages[0].role"],
      [[{ role: "user", content: 10n }], "bigint", "messages[0].content"],
      [[cyclic], "cyclic", "messages[0].content[0]"],
      [
        [
          {
            get role() {
              throw new Error("boom");
            },
          },
        ],
        "unreadable",
        "messages[0].role",
      ],
    ];
    for (const [request, code, path] of bad) {
      const error = caught(() => budget.project(request));
      ok(main.TokenHeadroomError.is(error), String(error));
      equal(`${error.code} ${error.path}`, `${code} ${path}`);
      ok(budget.project(history(1)).tokens > 0);
    }
  },

  async "a guard throws before the call, and compacts"({ main }) {
    const calls = [];
    const call = async (messages) => calls.push(messages);
    const error = await main
      .guard(call, { context: narrow })(history(12))
      .catch((error) => error);
    ok(main.ContextOverflowError.is(error), String(error));
    equal(calls.length, 0);
    await main.guard(call, { context: narrow, onOverflow: "compact" })(history(12));
    const budget = await main.createTokenBudget(narrow);
    equal(budget.project(calls[0]).verdict, "fits");
  },

  async "a guarded fetch learns from a stream that it hands on as it comes, and ends it where the caller does"({ fetch }) {
    const parts = ['data: {"choices":[],"usage":{"prompt', '_tokens":2400}}\n\n', "data: [DONE]\n\n"];
    let [pulled, cancelled] = [0, undefined];
    const source = () =>
      new ReadableStream(
        {
          pull(controller) {
            if (pulled % 4 < parts.length) controller.enqueue(new TextEncoder().encode(parts[pulled % 4]));
            else controller.close();
            pulled++;
          },
          cancel(reason) {
            cancelled = reason;
          },
        },
        { highWaterMark: 0 },
      );
    const headers = { "content-type": "text/event-stream" };
    const guarded = fetch.guardFetch(async () => new Response(source(), { headers }), { ...narrow, maxContextTokens: 2_800 });
    const ask = () =>
      guarded("https://api.openai.com/v1/chat/completions", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "word ".repeat(2_200) }] }),
      });
    const early = (await ask()).body.getReader();
    equal(pulled, 0);
    await early.read();
    equal(pulled, 1);
    await early.cancel("enough");
    equal(cancelled, "enough");
    pulled = 0;
    const whole = await ask();
    equal(await whole.text(), parts.join(""));
    equal((await ask()).status, 400);
  },

  async "a guarded fetch answers in the provider's place"({ fetch }) {
    let sent = 0;
    const guarded = fetch.guardFetch(async () => {
      sent++;
      return new Response("{}");
    }, narrow);
    const post = (messages) =>
      guarded("https://api.example/v1/chat/completions", { method: "POST", body: JSON.stringify({ messages }) });
    equal((await post(history(1))).status, 200);
    const refused = await post(history(12));
    equal(refused.status, 400);
    equal((await refused.json()).error.code, "context_length_exceeded");
    equal(sent, 1);
  },

  async "the edge handler forwards what fits and answers what does not"({ edge }) {
    const forwarded = [];
    const handle = edge.createEdgeHandler({
      ...narrow,
      upstream: "https://api.example",
      fetch: async (url, init) => {
        forwarded.push([String(url), new TextDecoder().decode(init.body)]);
        return new Response("streamed", { headers: { "content-type": "text/event-stream" } });
      },
    });
    const ask = (messages) =>
      handle(
        new Request("https://gateway.example/v1/chat/completions", {
          method: "POST",
          body: JSON.stringify({ messages }),
        }),
      );
    const answered = await ask(history(1));
    equal(await answered.text(), "streamed");
    equal(answered.headers.get("x-token-headroom-verdict"), "fits");
    equal(forwarded[0][0], "https://api.example/v1/chat/completions");
    equal(forwarded[0][1], JSON.stringify({ messages: history(1) }));
    const refused = await ask(history(12));
    equal(refused.status, 400);
    equal((await refused.json()).token_headroom.projection.verdict, "overflows");
    equal(forwarded.length, 1);
  },

  async "a run is written down and restored, and a damaged one refused"({ main, checkpoint }) {
    const items = new Map();
    const store = { getItem: (key) => items.get(key), setItem: (key, text) => void items.set(key, text) };
    const image = new Uint8Array(1_000).fill(7);
    const request = [...history(2), { role: "user", content: [{ type: "image", image, mediaType: "image/png" }] }];
    const guarded = main.guard(async () => "done", { checkpoint: { store, task: "log" } });
    await guarded(request);
    const restored = await checkpoint.restore(guarded.checkpoint, { store });
    equal(restored.matches(request), request.length);
    equal(restored.request.at(-1).content[0].image.length, 1_000);
    equal(restored.partial, "I have read it.");
    const [[key, text]] = items;
    store.setItem(key, text.replace("calmest", "wildest"));
    const error = await checkpoint.restore(guarded.checkpoint, { store }).catch((error) => error);
    equal(main.TokenHeadroomError.is(error) && error.code, "checkpoint_corrupt");
    equal(error.path, "request.messages[7]");
  },

  async "what was compacted is undone"({ main }) {
    const budget = await main.createTokenBudget(narrow);
    const messages = history(12);
    const plan = budget.plan(messages);
    const undone = budget.undo(budget.apply(messages, plan), plan, main.originalsOf(messages, plan));
    equal(undone.length, messages.length);
    ok(undone.every((message, index) => message === messages[index]));
  },
};

/** A request, `turns` tool turns with results of some 300 tokens, and a question. */
function history(turns) {
  const messages = [
    { role: "system", content: "You keep the log of a lighthouse." },
    { role: "user", content: "Read the log." },
  ];
  for (let day = 1; day <= turns; day++) {
    const lines = Array.from(
      { length: 20 },
      (_, line) => `Day ${day}, line ${line}: wind ${(day * 7 + line) % 12} from the north-west.`,
    );
    const call = { id: `call_${day}`, type: "function", function: { name: "read_log", arguments: `{"day":${day}}` } };
    messages.push({ role: "assistant", content: null, tool_calls: [call] });
    messages.push({ role: "tool", tool_call_id: call.id, content: lines.join("\n") });
  }
  messages.push({ role: "assistant", content: "I have read it." }, { role: "user", content: "Which day was calmest?" });
  return messages;
}

function caught(act) {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** The messages' shares, and what belongs to none. */
function sumOfMessages({ messages, instructions, byCategory: { tools, format, framing } }) {
  return sum(messages.map(({ tokens }) => tokens)) + instructions + tools + format + framing;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

function ok(condition, message = "expected to hold") {
  if (!condition) {
    throw new Error(message);
  }
}

function equal(actual, expected, place = "") {
  if (!Object.is(actual, expected)) {
    throw new Error(`${place}: found ${String(actual)}, expected ${String(expected)}`);
  }
}
