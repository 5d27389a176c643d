/**
 * One measurement in a process of its own: neither the heap nor the compiled code of another contender helps it or is in its way.
 * @module
 */
import type { Order } from "./measure-apart.ts";
import { scenarioOf } from "./scenarios/index.ts";

process.once("message", async ({ scenario, url, subject, options }: Order) => {
  const figures = await scenarioOf(scenario).measure(url, subject, options);
  process.send?.(figures, () => process.exit());
});
