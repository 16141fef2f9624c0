// Inputs of our own: one that fits anywhere, an agent's history that outgrows an 8k window, and two in other dialects.

export const samples = {
  prompt: { model: "gpt-4o", text: () => PROMPT },
  agent: { text: () => JSON.stringify(agentRequest(), null, 2) },
  claude: { text: () => JSON.stringify(claudeRequest(), null, 2) },
  gemini: { model: "gemini-2.5-flash", text: () => JSON.stringify(geminiRequest(), null, 2) },
};

const PROMPT = `You plan walking holidays. Suggest a three-day walk along the coast for two people who like
birds, old harbours and good bread, and who do not want to carry tents.

Answer with one paragraph per day: distance, where to eat, where to sleep, and what to look for.`;

const SYSTEM = "You find out why nightly builds fail. Read only what you need, then name the cause and the fix.";

/** A build investigation whose tool results outgrow gpt-4. */
function agentRequest() {
  const turns = [
    ["list_files", { path: "services" }, listing()],
    ["read_log", { job: "nightly-412" }, log(412, 150)],
    ["read_file", { path: "services/orders/retry.ts" }, source("retry", 44)],
    ["read_log", { job: "nightly-411" }, log(411, 120)],
    ["read_file", { path: "services/orders/queue.ts" }, source("queue", 70)],
    ["read_file", { path: "services/orders/retry.ts" }, source("retry", 44)],
    ["run_tests", { filter: "retry" }, "3 passed, 1 failed: retry > gives up after the deadline (expected 5 tries, found 6)"],
  ];
  const messages = [
    { role: "system", content: SYSTEM },
    { role: "user", content: "The nightly build has been red since Tuesday. What broke, and what is the smallest fix?" },
  ];
  turns.forEach(([name, args, result], turn) => {
    const id = `call_${turn + 1}`;
    const call = { id, type: "function", function: { name, arguments: JSON.stringify(args) } };
    messages.push({ role: "assistant", content: null, tool_calls: [call] });
    messages.push({ role: "tool", tool_call_id: id, content: result });
  });
  return { model: "gpt-4", max_tokens: 1000, tools: TOOLS.map(declare), messages };
}

/** A question with a tool, a thought and a result, as Anthropic's SDK sends it. */
function claudeRequest() {
  const path = "services/orders/retry.ts";
  return {
    model: "claude-sonnet-4-5",
    max_tokens: 4000,
    thinking: { type: "enabled", budget_tokens: 2000 },
    system: SYSTEM,
    tools: [{ name: "read_file", description: "Read a file of the repository.", input_schema: parametersOf("path") }],
    messages: [
      { role: "user", content: "The retry test gives up one try too late. Why?" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "The loop counts from zero; let me look at the bound.", signature: "c2lnbmVk" },
          { type: "tool_use", id: "toolu_1", name: "read_file", input: { path } },
        ],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: source("retry", 44) }] },
    ],
  };
}

/** The same as Gemini takes it. */
function geminiRequest() {
  const path = "services/orders/retry.ts";
  return {
    systemInstruction: { parts: [{ text: SYSTEM }] },
    tools: [{ functionDeclarations: [{ name: "read_file", description: "Read a file.", parameters: parametersOf("path") }] }],
    contents: [
      { role: "user", parts: [{ text: "The retry test gives up one try too late. Why?" }] },
      { role: "model", parts: [{ functionCall: { name: "read_file", args: { path } } }] },
      { role: "user", parts: [{ functionResponse: { name: "read_file", response: { content: source("retry", 44) } } }] },
    ],
  };
}

const TOOLS = [
  ["list_files", "List the files below a path.", "path"],
  ["read_file", "Read a file of the repository.", "path"],
  ["read_log", "Read the log of a build job.", "job"],
  ["run_tests", "Run the tests whose name contains the filter.", "filter"],
];

function declare([name, description, argument]) {
  return { type: "function", function: { name, description, parameters: parametersOf(argument) } };
}

function parametersOf(argument) {
  return { type: "object", properties: { [argument]: { type: "string" } }, required: [argument] };
}

function listing() {
  const services = ["billing", "catalogue", "mail", "orders", "search", "stock"];
  const files = ["index.ts", "queue.ts", "retry.ts", "store.ts", "store.test.ts"];
  return services.flatMap((service) => files.map((file) => `services/${service}/${file}`)).join("\n");
}

function log(job, lines) {
  const steps = ["resolve", "compile", "lint", "unit", "contract"];
  return Array.from({ length: lines }, (_, i) => {
    const clock = `02:${String(10 + Math.floor(i / 12)).padStart(2, "0")}:${String((i * 5) % 60).padStart(2, "0")}`;
    const step = steps[Math.floor((i * steps.length) / lines)];
    const broken = i === lines - 4;
    const text = broken ? "FAILED retry gives up after the deadline" : `ok package ${(i * 7 + job) % 61} in ${(i * 37) % 900} ms`;
    return `${clock} nightly-${job} [${step}] ${text}`;
  }).join("\n");
}

function source(name, lines) {
  const body = Array.from({ length: lines }, (_, i) =>
    i % 4 === 0
      ? `  // Step ${i / 4 + 1}: wait ${(i + 1) * 25} ms, or until the deadline if that is sooner.`
      : `  if (attempt === ${i}) await ${name}.wait(Math.min(${(i + 1) * 25}, deadline - clock.now()));`,
  );
  return [`export async function ${name}(attempt: number, deadline: number): Promise<void> {`, ...body, "}"].join("\n");
}
