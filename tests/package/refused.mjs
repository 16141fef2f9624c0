// What is refused leaves everything working.
import assert from "node:assert/strict";

/** A function by which `act` must fail with `code` at `path`, as that entry's `TokenHeadroomError`, after which `works` must hold. */
export function refusing(TokenHeadroomError, works) {
  return (act, code, path = "") => {
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
    works();
    return error;
  };
}
