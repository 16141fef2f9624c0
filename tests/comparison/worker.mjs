// One thread: some contestants, every trajectory. Its own copy of the package, so that nobody counts texts for another.

import { parentPort, workerData } from "node:worker_threads";
import { modelInfo } from "token-headroom";
import { contestants } from "./contestants.mjs";
import { prices } from "./cost.mjs";
import { Judge } from "./judge.mjs";
import { Unsupported } from "./ours.mjs";
import { plans } from "./plans.mjs";
import { References } from "./references.mjs";
import { trajectories } from "./trajectories.mjs";
import { walk } from "./walk.mjs";

const { file, names, windows, limits } = workerData;
const chosen = contestants.filter(({ name }) => names.includes(name));

for (const trajectory of trajectories(file)) {
  const judge = await Judge.of(trajectory);
  const references = new References(trajectory);
  const price = prices(modelInfo({ model: trajectory.model }));
  for (const contestant of chosen) {
    const { name, library } = contestant;
    // Those that count by the judge are given its counts; ours count for themselves.
    if (library !== "token-headroom") {
      judge.whole();
    }
    try {
      const walked = await walk(trajectory, judge, references, contestant, windows[trajectory.id], price);
      const planned = await plans(trajectory, judge, references, contestant, limits);
      parentPort.postMessage({ name, format: trajectory.format, id: trajectory.id, walked, planned });
    } catch (error) {
      if (!(error instanceof Unsupported)) {
        throw new Error(`${name}, ${trajectory.id}: ${error.message}`, { cause: error });
      }
      parentPort.postMessage({ name, format: trajectory.format, id: trajectory.id, unsupported: error.message });
    }
  }
}
