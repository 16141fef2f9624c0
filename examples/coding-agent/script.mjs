// The model's part, played by a script: it asks for tools the way a coding model does, and never calls a network.

/** What the agent is asked to find out. */
export const TASK =
  "Explain how a request is read, counted, judged and compacted in this repository, which invariants hold, and what " +
  "it relies on in its dependencies. Read the sources; do not guess.";

export const SYSTEM =
  "You are a careful coding agent. Use list_files, search and read_file to look before you answer. Cite files.";

// What it wants to know, in order: the text to look for, and where.
const QUESTIONS = [
  ["pub fn normalize", "src"],
  ["pub fn count", "src"],
  ["pub fn project", "src"],
  ["pub fn judge", "src"],
  ["pub fn plan", "src"],
  ["tokens_after", "src/plan"],
  ["invariant", "src"],
  ["pub fn resolve", "src"],
  ["fn parse_object", "deps"],
  ["impl<'de> Deserialize<'de> for Value", "deps"],
  ["pub fn from_str", "deps"],
  ["fn compress256", "deps"],
  ["pub fn levenshtein", "deps"],
  ["pub struct IndexMap<", "deps"],
  ["pub fn encode_ordinary", "deps"],
  ["fn prop_filter", "deps"],
  ["pub fn memchr", "deps"],
  ["fn serialize_struct", "deps"],
];
const FILES_PER_QUESTION = 4;

/**
 * A model that follows the script. `call(body)` answers with a Chat Completions message; it decides by the results
 * that it has been given itself, as they arrive, so a compacted history does not confuse it.
 */
export function scriptedModel() {
  const decisions = decide();
  let calls = 0;
  let started = false;
  return {
    get calls() {
      return calls;
    },
    /** Takes what the tools answered to the last message. */
    results: undefined,
    call() {
      calls += 1;
      const { value, done } = decisions.next(started ? this.results : undefined);
      started = true;
      return { choices: [{ message: done ? { role: "assistant", content: value } : toMessage(value, calls) }] };
    },
  };
}

function* decide() {
  const read = [];
  const [listed] = yield ["I start with what there is.", [["list_files", { path: "src" }]]];
  for (const [at, [text, path]] of QUESTIONS.entries()) {
    const [found] = yield [`Where is "${text}"?`, [["search", { text, path }]]];
    const files = mostHits(found)
      .filter((file) => !read.includes(file))
      .slice(0, FILES_PER_QUESTION);
    if (files.length > 0) {
      read.push(...files);
      yield [`I read ${files.join(", ")}.`, files.map((file) => ["read_file", { path: file }])];
    }
    // Models forget what they have and read it again; so does this one.
    if (at % 5 === 4 && read.length > at) {
      yield [`I look at ${read[at]} once more.`, [["read_file", { path: read[at] }]]];
    }
  }
  const rest = listed.split("\n").filter((file) => file.startsWith("src/") && !read.includes(file));
  for (let at = 0; at < rest.length; at += FILES_PER_QUESTION) {
    const files = rest.slice(at, at + FILES_PER_QUESTION);
    read.push(...files);
    yield [`What I have not read yet: ${files.join(", ")}.`, files.map((file) => ["read_file", { path: file }])];
  }
  return `I have read ${read.length} files.`;
}

// Files by number of hits, then by name.
function mostHits(found) {
  const hits = new Map();
  for (const line of found.split("\n")) {
    const file = /^(\S+?):\d+: /.exec(line)?.[1];
    if (file !== undefined) hits.set(file, (hits.get(file) ?? 0) + 1);
  }
  return [...hits].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([file]) => file);
}

function toMessage([content, calls], turn) {
  const tool_calls = calls.map(([name, given], at) => ({
    id: `call_${turn}_${at + 1}`,
    type: "function",
    function: { name, arguments: JSON.stringify(given) },
  }));
  return { role: "assistant", content, tool_calls };
}
