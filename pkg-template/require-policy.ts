import { requireFinite } from "./budget.js";
import { Core } from "./core.js";
import { TokenHeadroomError } from "./errors.js";
import type { RequirePolicy } from "./evict.js";
import { optionsOf } from "./found.js";
import type { CoreSource } from "./module-source.js";
import { relocated } from "./relocated.js";
import { snapshot } from "./snapshot.js";
import type { Policy } from "./types.js";

// Where the core believes every policy to stand.
const ROOT = "policy";

/** Policies as the core that `source` gives reads them. */
export function policiesOf(source: CoreSource): RequirePolicy {
  const core = new Core(source);
  return (policy, path) => {
    if (policy === undefined) {
      return;
    }
    const given = snapshot(optionsOf(policy as Policy, path), path);
    requireFinite(policy as Policy, `${path}.`);
    try {
      core.ask("policy", given);
    } catch (error) {
      if (!TokenHeadroomError.is(error)) {
        throw error;
      }
      // Who brings the planner may do so after the guard is made; it reads the policy before the first plan.
      if (error.code !== "not_initialized") {
        throw relocated(error, error.path.startsWith(ROOT) ? path + error.path.slice(ROOT.length) : path);
      }
    }
  };
}
