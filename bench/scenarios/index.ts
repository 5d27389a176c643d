/**
 * All scenarios, in the order in which they are run.
 * @module
 */
import type { Scenario } from "../scenario.ts";
import { bundles } from "./bundles.ts";
import { claimAtBacklog } from "./claim-at-backlog.ts";
import { enqueueMany, enqueueOne } from "./enqueue.ts";
import { memory } from "./memory.ts";
import { neonLatency } from "./neon-latency.ts";
import { oldSnapshot } from "./old-snapshot.ts";
import { processScenario } from "./process.ts";
import { processSmall } from "./process-small.ts";
import { tune } from "./tune.ts";
import { wake } from "./wake.ts";

/** What `npm run bench` runs when it is told nothing else. */
export const scenarios: readonly Scenario[] = [
  processScenario,
  processSmall,
  enqueueMany,
  enqueueOne,
  claimAtBacklog,
  neonLatency,
  memory,
  oldSnapshot,
  bundles,
];

/** Run only by name: one looks for settings, the other takes minutes of waiting. */
export const others: readonly Scenario[] = [tune, wake];

/** The scenario of that name. */
export function scenarioOf(name: string): Scenario {
  const scenario = [...scenarios, ...others].find((one) => one.name === name);
  if (!scenario)
    throw new Error(`There is no scenario ${JSON.stringify(name)}: ${[...scenarios, ...others].map((one) => one.name).join(", ")}.`);
  return scenario;
}
