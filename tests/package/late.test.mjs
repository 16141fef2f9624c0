import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, heard } from "./documents.mjs";

// Every module that is compiled, from before the package is imported.
let compiled = 0;
const { Module } = WebAssembly;
WebAssembly.Module = class extends Module {
  constructor(bytes) {
    super(bytes);
    compiled += 1;
  }
};
const { createTokenBudget } = await import("token-headroom");

test("the first document starts the second half, and counts as every later one", async () => {
  const budget = await createTokenBudget({ model: "claude-sonnet-4-5" });
  const text = budget.project(asked.slice(0, 2));
  assert.equal(compiled, 1);
  const first = budget.project(asked);
  assert.equal(compiled, 2);
  // A page is a picture and its text: far more than what was asked.
  assert.ok(first.byCategory.media > 1_000, `${first.byCategory.media} tokens of media`);
  assert.ok(first.tokens > text.tokens + first.byCategory.media);
  assert.equal(text.uncertain, undefined);
  // All doubt is about the document.
  const { tokens } = first.messages[2];
  const [lowerBound, upperBound] = [first.lowerBound, first.upperBound].map((bound) => tokens + bound - first.tokens);
  assert.deepEqual(first.uncertain, [{ path: "messages[2]", tokens, lowerBound, upperBound }]);
  assert.deepEqual(budget.project(asked), first);
  assert.deepEqual(budget.project(structuredClone(asked)), first);
  assert.equal(compiled, 2);

  // What a budget of its own counts from nothing is the same.
  const other = await createTokenBudget({ model: "claude-sonnet-4-5" });
  assert.deepEqual(other.project(structuredClone(asked)), first);

  const audio = await createTokenBudget({ model: "gpt-4o-audio-preview" });
  const { media } = audio.project(heard).byCategory;
  assert.ok(media >= 100 && media < 110, `${media} tokens for ten seconds`);
});
