// What is refused leaves everything working.
import assert from "node:assert/strict";
import { createTokenBudget, TokenHeadroomError } from "token-headroom";
import { question } from "./histories.mjs";

export const budget = await createTokenBudget({ model: "gpt-4o" });
/** Tokens of `question`, before anything was refused. */
export const expected = budget.project(question).tokens;

/** `act` must fail with `code` at `path`, and leave everything working. */
export function refused(act, code, path) {
  let error;
  try {
    act();
  } catch (caught) {
    error = caught;
  }
  assert.ok(TokenHeadroomError.is(error), `found ${String(error)}, expected an error`);
  assert.equal(error.code, code, error.message);
  assert.equal(error.path, path, error.message);
  assert.ok(error.message.length > 10);
  assert.equal(budget.project(question).tokens, expected, "the next call works");
  return error;
}
