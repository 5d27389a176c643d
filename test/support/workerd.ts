/**
 * Workers in a real workerd, by wrangler's own harness.
 * @module
 */
import { join } from "node:path";
import { createTestHarness, type TestHarness } from "wrangler";

// Without it, workerd's outside looks up where it is.
process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
process.env.WRANGLER_SEND_METRICS = "false";

/** Starts the Workers of these configurations; the first is the one that is asked. */
export async function startWorkers(configs: readonly string[], vars: Readonly<Record<string, string>>): Promise<TestHarness> {
  const harness = createTestHarness({
    workers: configs.map((config) => ({ configPath: join(import.meta.dirname, "../..", config), vars: { ...vars } })),
  });
  await harness.listen();
  return harness;
}
