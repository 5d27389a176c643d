/**
 * The race, alone and for longer: `npm run race -- --seconds 240 --postgres 18 --seed 1`.
 * @module
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { seconds: { type: "string" }, postgres: { type: "string" }, seed: { type: "string" } } });

const variables = { MAYFLY_RACE_SECONDS: values.seconds, MAYFLY_RACE_POSTGRES: values.postgres, MAYFLY_RACE_SEED: values.seed };
const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined));
const { status } = spawnSync(process.execPath, ["--test", "test/race/race.test.ts"], {
  stdio: "inherit",
  env: { ...process.env, ...given },
});
process.exitCode = status ?? 1;
