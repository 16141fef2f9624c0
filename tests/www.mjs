// The meter in Chromium, from the built package: `node tests/www.mjs`, next to an installed token-headroom.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { createTokenBudget, repair, validate } from "token-headroom";
import { samples } from "../www/samples.mjs";

const WWW = fileURLToPath(new URL("../www", import.meta.url));
const PACKAGE = dirname(fileURLToPath(import.meta.resolve("token-headroom")));
const SERVER = fileURLToPath(new URL("../xtask/serve.mjs", import.meta.url));

const server = spawn(process.execPath, [SERVER, WWW, PACKAGE, "0"], { stdio: ["ignore", "pipe", "inherit"] });
const missing = [];
const strays = [];
const complaints = [];
let origin;
let browser;
let page;

before(async () => {
  const [said] = await once(server.stdout, "data");
  origin = String(said).trim().replace(/\/$/, "");
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
});

after(async () => {
  await browser?.close();
  server.kill();
});

beforeEach(async () => {
  await page?.context().close();
  page = await open({ viewport: { width: 1280, height: 900 } });
});

async function open(options) {
  const context = await browser.newContext({ ...options, permissions: ["clipboard-read", "clipboard-write"] });
  context.on("request", (request) => {
    if (!request.url().startsWith(origin)) strays.push(request.url());
  });
  context.on("response", (response) => {
    if (!response.ok()) missing.push(response.url());
  });
  const opened = await context.newPage();
  opened.on("pageerror", (error) => complaints.push(error.message));
  opened.on("console", (message) => {
    if (message.type() !== "log") complaints.push(`${message.type()}: ${message.text()}`);
  });
  const response = await opened.goto(origin);
  assert.match(response.headers()["content-security-policy"], /script-src 'self' 'wasm-unsafe-eval'/);
  await opened.waitForSelector(".reading[aria-busy=false]");
  return opened;
}

/** Waits until the page shows `tokens`, then reads it. */
async function shown(tokens) {
  const text = tokens.toLocaleString("en");
  await page.waitForFunction((wanted) => document.getElementById("tokens").textContent === wanted, text, { timeout: 20_000 });
  return page.evaluate(() => {
    const text = (selector) => document.querySelector(selector).textContent;
    const number = (node) => Number(node.textContent.replaceAll(",", ""));
    return {
      verdict: document.getElementById("verdict").dataset.verdict,
      words: text("#verdict"),
      facts: text("#facts"),
      readAs: text("#read-as"),
      categories: Object.fromEntries(
        [...document.querySelectorAll("#legend tr")].map((row) => [row.dataset.category, number(row.cells[1])]),
      ),
      messages: [...document.querySelectorAll("#rows tr")].map((row) => number(row.cells[3])),
      planned: !document.getElementById("plan").hidden,
      freed: [...document.querySelectorAll("#steps .freed")].map(number),
      proof: text("#proof"),
    };
  });
}

async function fill(text) {
  await page.fill("#text", text);
}

test("a plain prompt shows the package's own numbers", async () => {
  const budget = await createTokenBudget({ model: "gpt-4o" });
  const text = samples.prompt.text();
  const projection = budget.project([{ role: "user", content: text }]);
  await page.getByRole("button", { name: "a short prompt" }).click();
  const seen = await shown(projection.tokens);
  assert.equal(seen.verdict, projection.verdict);
  assert.match(seen.words, /^\s*Fits\./);
  assert.match(seen.facts, new RegExp(`Text alone${budget.countTokens(text)} tokens`));
  assert.equal(seen.categories.user, projection.byCategory.user);
  assert.equal(seen.categories.free, projection.available - projection.tokens);
});

test("tokens follow the typing", async () => {
  const budget = await createTokenBudget({ model: "gpt-4o" });
  let typed = "";
  for (const piece of ["Count ", "these words ", "as they come: ", "\u65e5\u672c\u8a9e \ud83d\udc4b\ud83c\udffd"]) {
    typed += piece;
    await page.locator("#text").pressSequentially(piece);
    await shown(budget.project([{ role: "user", content: typed }]).tokens);
  }
});

test("an overflowing agent is shown with every category, its plan and the proof", async () => {
  const request = JSON.parse(samples.agent.text());
  const budget = await createTokenBudget({ model: "gpt-4" });
  const projection = budget.project(request);
  const plan = budget.plan(request);
  assert.equal(projection.verdict, "overflows");
  assert.equal(plan.status, "planned");
  await page.getByRole("button", { name: "an agent that overflows" }).click();
  const seen = await shown(projection.tokens);
  assert.equal(seen.verdict, "overflows");
  assert.match(seen.words, /Overflows\./);
  const { reserved, free, ...categories } = seen.categories;
  assert.deepEqual(categories, { ...projection.byCategory });
  assert.deepEqual([reserved, free], [projection.limit.window - projection.available, 0]);
  assert.deepEqual(seen.messages, projection.messages.map(({ tokens }) => tokens));
  assert.deepEqual(seen.freed, plan.steps.map(({ tokensBefore, tokensAfter }) => tokensBefore - tokensAfter));
  assert.match(seen.proof, /^Proven:/);
  await page.getByRole("button", { name: "Copy compacted request" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.deepEqual(copied, budget.apply(request, plan));
  assert.equal(budget.project(copied).tokens, plan.after.tokens);
});

test("a request reads the same as body, as messages and as JSON Lines", async () => {
  const { messages } = JSON.parse(samples.agent.text());
  const budget = await createTokenBudget({ model: "gpt-4o" });
  const { tokens } = budget.project(messages);
  const forms = [
    [JSON.stringify({ messages }), /request body/],
    [JSON.stringify(messages), /array of messages/],
    [messages.map((message) => JSON.stringify(message)).join("\n"), /JSON Lines/],
  ];
  for (const [text, readAs] of forms) {
    await fill("");
    await page.waitForFunction(() => document.getElementById("tokens").textContent === "0");
    await fill(text);
    assert.match((await shown(tokens)).readAs, readAs);
  }
  await page.getByText("Largest first").click();
  const { messages: sizes } = await shown(tokens);
  assert.deepEqual(sizes, [...sizes].sort((a, b) => b - a));
});

test("problems name the place and the remedy, and go away", async () => {
  const problem = () => page.locator("#problem").innerText();
  await fill(JSON.stringify({ messages: [{ role: "user", content: "a" }, { role: "robot", content: "b" }] }));
  await page.waitForSelector("#problem:not([hidden])");
  assert.match(await problem(), /messages\[1\]\.role/);
  assert.match(await problem(), /robot/);
  await fill('{"messages": [{"role": "user", "content": "a"},]}');
  await page.waitForFunction(() => /JSON/.test(document.getElementById("problem").innerText));
  await fill("fine");
  await page.waitForSelector("#problem", { state: "hidden" });
  await page.fill("#model", "a-model-of-mine");
  await page.waitForSelector("#problem:not([hidden])");
  assert.match(await problem(), /a-model-of-mine/);
  assert.equal(await page.getAttribute("#model", "aria-invalid"), "true");
  await page.fill("#like", "gpt-4o");
  await page.waitForSelector("#problem", { state: "hidden" });
});

test("custom limits decide, and what cannot be reduced is explained", async () => {
  const messages = [{ role: "user", content: "word ".repeat(300) }];
  const budget = await createTokenBudget({ model: "gpt-4o", maxContextTokens: 120, headroom: 20 });
  const plan = budget.plan(messages);
  assert.equal(plan.status, "irreducible");
  await page.fill("#window", "120");
  await page.fill("#headroom", "20");
  await fill(JSON.stringify(messages));
  const seen = await shown(budget.project(messages).tokens);
  assert.equal(seen.verdict, "overflows");
  await page.getByText("No plan makes this fit").waitFor();
  assert.match(await page.locator("#floor").innerText(), new RegExp(plan.floor.total.toLocaleString("en")));
  assert.equal(await page.locator("#copy").isVisible(), false);
});

test("five megabytes are pasted without freezing the page", async () => {
  const sentence = "The lighthouse keeper wrote 4711 lines of weather, wind and water into the log. ";
  const text = sentence.repeat(Math.ceil(5_000_000 / sentence.length));
  const budget = await createTokenBudget({ model: "gpt-4o" });
  const { tokens } = budget.project([{ role: "user", content: text }]);
  const pause = await page.evaluate(async ([pasted]) => {
    let [longest, last, running] = [0, performance.now(), true];
    const beat = () => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
      if (running) setTimeout(beat, 10);
    };
    beat();
    const data = new DataTransfer();
    data.setData("text/plain", pasted);
    document.getElementById("text").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
    await new Promise((done) => setTimeout(done, 1_500));
    running = false;
    return longest;
  }, [text]);
  assert.match((await shown(tokens)).readAs, /held/);
  assert.ok(pause < 500, `the page stood still for ${Math.round(pause)} ms`);
  await page.getByRole("button", { name: "Clear" }).click();
  await shown(0);
});

/** The same question in each dialect, with the model that counts it where nobody names one. */
const asked = "Is the lamp lit? ".repeat(20);
const dialects = {
  "OpenAI Chat Completions": [{ model: "gpt-4", messages: [{ role: "user", content: asked }] }, "gpt-4"],
  "OpenAI Responses": [{ model: "gpt-5", input: [{ type: "message", role: "user", content: [{ type: "input_text", text: asked }] }] }, "gpt-5"],
  "Anthropic Messages": [{ model: "claude-opus-4-7", max_tokens: 9, system: "s", messages: [{ role: "user", content: asked }] }, "claude-opus-4-7"],
  "Gemini generateContent": [{ contents: [{ role: "user", parts: [{ text: asked }] }] }, "gemini-2.5-flash"],
  "Bedrock Converse": [
    { modelId: "us.anthropic.claude-3-5-haiku-20241022-v1:0", messages: [{ role: "user", content: [{ text: asked }] }], inferenceConfig: {} },
    "us.anthropic.claude-3-5-haiku-20241022-v1:0",
  ],
  "Cohere chat": [{ model: "command-a-03-2025", message: asked, chat_history: [] }, "command-a-03-2025"],
  "Ollama chat": [{ model: "qwen3:8b", options: { num_ctx: 4096 }, messages: [{ role: "user", content: asked }] }, "qwen3:8b"],
  "Vercel AI SDK": [[{ role: "user", content: asked }, { role: "tool", content: [{ type: "tool-result", toolCallId: "c", toolName: "f", output: { type: "text", value: "no" } }] }], "gpt-4o"],
  LangChain: [[{ type: "human", data: { content: asked } }], "gpt-4o"],
  AutoGen: [{ llm_context: { messages: [{ type: "UserMessage", source: "user", content: asked }] } }, "gpt-4o"],
};

for (const [name, [request, model]] of Object.entries(dialects)) {
  test(`${name}: recognised, counted as the package counts it, and shown message by message`, async () => {
    const budget = await createTokenBudget({ model });
    const projection = budget.project(request);
    await fill(JSON.stringify(request));
    const seen = await shown(projection.tokens);
    assert.match(seen.readAs, new RegExp(`^Read as ${name}:`));
    assert.ok(seen.facts.includes(`Model${model},`), seen.facts);
    assert.ok(seen.facts.includes(`Encoding${projection.encoding}`), seen.facts);
    assert.deepEqual(seen.messages, projection.messages.map(({ tokens }) => tokens));
    const first = await page.locator("#rows .begins").first().innerText();
    // The first chat of Cohere and states have no list of messages to show the beginnings of.
    if (!("message" in request)) assert.match(first, /^Is the lamp lit\?/);
    const { lowerBound, upperBound } = projection;
    assert.equal(await page.locator("#bar-now .doubt").count(), upperBound > lowerBound ? 1 : 0);
  });
}

test("a line of a batch is its request, and a dialect that is named is not recognised", async () => {
  const body = { model: "gpt-4", messages: [{ role: "user", content: asked }] };
  const budget = await createTokenBudget({ model: "gpt-4" });
  await fill(JSON.stringify({ custom_id: "1", method: "POST", url: "/v1/chat/completions", body }));
  assert.match((await shown(budget.project(body).tokens)).readAs, /a line of a batch, one message\.$/);
  await page.selectOption("#dialect", "ollama");
  await page.waitForFunction(() => /^Read as Ollama chat:/.test(document.getElementById("read-as").textContent));
});

test("a model that the request names and the catalogue does not know is said, and can be chosen", async () => {
  const request = { model: "house-model-9", messages: [{ role: "user", content: asked }] };
  await fill(JSON.stringify(request));
  await shown((await createTokenBudget({ model: "gpt-4o" })).project(request).tokens);
  assert.match(await page.locator("#warnings").innerText(), /^model "house-model-9" is not in the catalogue; counted as gpt-4o/);
  await page.fill("#model", "gpt-4");
  await page.waitForFunction(() => !/not in the catalogue/.test(document.getElementById("warnings").textContent));
  await shown((await createTokenBudget({ model: "gpt-4" })).project(request).tokens);
});

const selected = () => page.$eval("#text", (area) => area.value.slice(area.selectionStart, area.selectionEnd));

test("a place that a note names is shown in the input, in every form", async () => {
  const messages = [{ role: "user", content: 'a "quoted] {text' }, { role: "robot", content: "b" }];
  const forms = [
    JSON.stringify({ note: [{ "}": 1 }], messages }, null, 2),
    JSON.stringify(messages),
    JSON.stringify({ body: { messages } }),
    `\n${messages.map((message) => JSON.stringify(message)).join("\n\n")}`,
  ];
  for (const text of forms) {
    await fill("");
    await page.waitForSelector("#problem", { state: "hidden" });
    await fill(text);
    await page.getByRole("button", { name: "messages[1].role" }).click();
    assert.equal(await selected(), '"robot"', text);
  }
  // What is missing is shown by what it is missing in.
  await fill(JSON.stringify({ messages: [{ role: "user", content: [{ type: "text", no: 1 }] }] }));
  await page.getByRole("button", { name: "messages[0].content[0].text" }).click();
  assert.equal(await selected(), '{"type":"text","no":1}');
  await fill('{"messages": [{"role": "user", "content": "a"},]}');
  await page.getByRole("button", { name: "line 1, column 48" }).click();
  assert.equal(await selected(), "]");
});

test("what its API would refuse is listed, and a repaired request can be copied", async () => {
  const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };
  const request = {
    model: "gpt-4o",
    messages: [{ role: "user", content: "?" }, { role: "assistant", content: null, tool_calls: [call] }, { role: "user", content: "So?" }],
  };
  const { violations } = validate(request);
  await fill(JSON.stringify(request));
  await page.getByText("Its API would refuse this").waitFor();
  const listed = await page.locator("#rule-list li").allInnerTexts();
  assert.deepEqual(listed, violations.map(({ path, message, invariant }) => `${path} ${message} (${invariant})`));
  assert.equal(await page.locator("#warnings").isVisible(), false, "nothing is said twice");
  await page.getByRole("button", { name: "Copy repaired request" }).click();
  await page.getByText("Request copied.").waitFor({ state: "attached" });
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.deepEqual(copied, repair(request).request);
  await fill("fine");
  await page.waitForSelector("#rules", { state: "hidden" });
});

test("each step shows what stands there and what will", async () => {
  await page.getByRole("button", { name: "an agent that overflows" }).click();
  await page.getByText("What to leave out").waitFor();
  const request = JSON.parse(samples.agent.text());
  const { steps } = (await createTokenBudget({ model: "gpt-4" })).plan(request);
  const masked = steps.findIndex(({ kind }) => kind === "mask");
  const row = page.locator("#steps tr").nth(masked);
  await row.getByText("Before and after").click();
  const [before, after] = await row.locator("dd").allInnerTexts();
  assert.ok(request.messages[steps[masked].message].content.replace(/\s+/g, " ").startsWith(before.slice(0, 100)), before);
  assert.equal(after, steps[masked].placeholder);
});

test("a vocabulary is loaded when it is first needed, and not before", async () => {
  const loaded = [];
  page.on("request", (request) => loaded.push(request.url()));
  const packs = () => loaded.filter((url) => /\/encodings\//.test(url)).map((url) => url.split("/").at(-1));
  await page.fill("#model", "deepseek-v3.2");
  await fill("hello");
  await shown((await createTokenBudget({ model: "deepseek-v3.2" })).project([{ role: "user", content: "hello" }]).tokens);
  assert.deepEqual(packs().filter((name) => !name.startsWith("deepseek")), []);
  assert.ok(packs().length > 0);
});

test("long lists begin short and can be shown whole", async () => {
  const messages = [{ role: "user", content: "Read all of it." }];
  for (let at = 0; at < 100; at += 1) {
    const call = { id: `c${at}`, type: "function", function: { name: "read", arguments: `{"part":${at}}` } };
    messages.push({ role: "assistant", content: null, tool_calls: [call] });
    messages.push({ role: "tool", tool_call_id: call.id, content: `part ${at} of a long book `.repeat(400) });
  }
  const budget = await createTokenBudget({ model: "gpt-4o" });
  const { steps } = budget.plan(messages);
  await fill(JSON.stringify(messages));
  const first = await shown(budget.project(messages).tokens);
  assert.ok(steps.length > 40, `${steps.length} steps`);
  assert.deepEqual([first.freed.length, first.messages.length], [40, 50]);
  await page.getByRole("button", { name: `Show all ${steps.length} steps` }).click();
  await page.getByRole("button", { name: `Show all ${messages.length}` }).click();
  const whole = await shown(budget.project(messages).tokens);
  assert.deepEqual([whole.freed.length, whole.messages.length], [steps.length, messages.length]);
});

test("it fits 360 pixels in both colour schemes", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await page.context().close();
    page = await open({ viewport: { width: 360, height: 740 }, colorScheme });
    await page.getByRole("button", { name: "an agent that overflows" }).click();
    await page.getByText("What to leave out").waitFor();
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(excess <= 0, `${excess} pixels too wide`);
  }
});

test("the keyboard reaches everything", async () => {
  await page.getByRole("button", { name: "an agent that overflows" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("What to leave out").waitFor();
  const reached = new Set();
  for (let presses = 0; presses < 22; presses += 1) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.name));
  }
  for (const id of ["text", "file", "clear", "model", "dialect", "window", "headroom", "reading", "copy", "order"]) {
    assert.ok(reached.has(id), `Tab never reached ${id}`);
  }
});

test("nothing left the page, nothing was missing, nothing complained, and inline scripts do not run", async () => {
  assert.deepEqual(strays, []);
  assert.deepEqual(missing, []);
  assert.deepEqual(complaints, []);
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    return window.ran === true;
  });
  assert.equal(ran, false);
});
