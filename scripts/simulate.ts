/**
 * Simulations by their seeds: `npm run simulate -- --seeds 1000 --from 1`. The first seed that fails is told as a story.
 * With `--mutants`, each of the faults made on purpose is held against the seeds, and `--only` picks some of them by a part of their promise.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { makeEngineMutant } from "../test/simulation/engine-mutant.ts";
import { CONCURRENT, ENGINE_MUTANTS, SQL_MUTANTS } from "../test/simulation/mutants.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "300" },
    from: { type: "string", default: "1" },
    mutants: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    /** For this script itself: the process in which an engine's mutant lives. */
    engine: { type: "string" },
  },
});
const range = { from: Number(values.from), seeds: Number(values.seeds) };

/** Imported only once a mutant's fault is in place. */
async function open() {
  const { openSimulationDatabase } = await import("../src/testing/simulation/embedded-database.ts");
  const { application } = await import("../test/simulation/application.ts");
  return { ...range, database: await openSimulationDatabase(), application };
}

async function runSeeds(): Promise<boolean> {
  const { simulateSeeds } = await import("../test/simulation/seeds.ts");
  const startedAt = process.cpuUsage();
  const { failed, ...total } = await simulateSeeds(await open());
  if (failed) {
    console.log(failed.story.join("\n"));
    console.log(`\nThe seed ${failed.seed} breaks these promises; npm run simulate -- --from ${failed.seed} --seeds 1 replays it:`);
    for (const violation of failed.violations) console.log(`- ${violation}`);
  }
  const { user, system } = process.cpuUsage(startedAt);
  console.log(total, `${((user + system) / 1e6).toFixed(0)} s of processor time`);
  return failed === undefined;
}

async function findMutants(): Promise<boolean> {
  const isWanted = ({ promise }: { readonly promise: string }) => promise.includes(values.only);
  const { findSqlMutant } = await import("../test/simulation/find-mutants.ts");
  const options = await open();
  let isAll = true;
  const tell = (promise: string, seed: number | undefined, violation: string | undefined) => {
    isAll &&= seed !== undefined;
    console.log(`${seed === undefined ? "NOT FOUND" : `seed ${seed}`.padEnd(9)}  ${promise}${violation ? `: ${violation}` : ""}`);
  };
  for (const mutant of SQL_MUTANTS.filter(isWanted)) {
    const { promise, seed, violation } = await findSqlMutant(mutant, options);
    tell(promise, seed, violation);
  }
  for (const { promise } of ENGINE_MUTANTS.filter(isWanted)) {
    const args = ["--engine", promise, "--from", values.from, "--seeds", values.seeds];
    const child = spawn(process.execPath, [import.meta.filename, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk));
    await once(child, "close");
    const { seed, violation } = JSON.parse(said) as { seed?: number; violation?: string };
    tell(promise, seed, violation);
  }
  console.log(`Only two statements at once show these: ${CONCURRENT.join(", ")}.`);
  return isAll;
}

async function findEngineMutant(promise: string): Promise<boolean> {
  const mutant = ENGINE_MUTANTS.find((one) => one.promise === promise);
  if (!mutant) throw new Error(`There is no mutant of ${promise}.`);
  makeEngineMutant(mutant);
  const { find } = await import("../test/simulation/find-mutants.ts");
  console.log(JSON.stringify(await find(mutant, await open())));
  return true;
}

const isWell =
  values.engine !== undefined ? await findEngineMutant(values.engine) : values.mutants ? await findMutants() : await runSeeds();
process.exit(isWell ? 0 : 1);
