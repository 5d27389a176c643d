/**
 * Measures what it is told to, in a process of its own: neither the heap nor the compiled code of another contender helps it or is in its way.
 * @module
 */
import type { Order } from "./measure-apart.ts";
import { scenarioOf } from "./scenarios/index.ts";

process.on("message", async ({ scenario, url, subject, options }: Order) => {
  process.send?.(await scenarioOf(scenario).measure(url, subject, options));
});
// Whatever it is in the middle of, nobody waits for it any more.
process.once("disconnect", () => process.exit());
