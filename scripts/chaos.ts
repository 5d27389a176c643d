/**
 * The chaos, longer and with workerd: `npm run chaos -- --seconds 180 --jobs 5000 --seed 1`. With `--write` its report goes into docs/guarantees.md.
 * @module
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "180" },
    jobs: { type: "string", default: "5000" },
    seed: { type: "string" },
    write: { type: "boolean", default: false },
  },
});

const variables = {
  MAYFLY_CHAOS_SECONDS: values.seconds,
  MAYFLY_CHAOS_JOBS: values.jobs,
  MAYFLY_CHAOS_SEED: values.seed,
  MAYFLY_CHAOS_WRITE: values.write ? "yes" : undefined,
};
const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
const { status } = spawnSync(process.execPath, ["--test", "--test-reporter=spec", "test/chaos/chaos.test.ts"], {
  stdio: "inherit",
  env: { ...process.env, ...given },
});
process.exitCode = status ?? 1;
