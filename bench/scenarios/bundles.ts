/**
 * How large programs are that use Mayfly at the edge.
 * @module
 */
import { join } from "node:path";
import { bundled, deployed, producerProgram } from "../../test/support/program-bundle.ts";
import type { Scenario } from "../scenario.ts";

const root = join(import.meta.dirname, "../..");
const STARTER = ["--config", "test/adapters/workers/starter-api.toml"];
const ZOD_MINI = ["--alias", `zod:${join(root, "node_modules/zod/mini/index.js")}`];

const PROGRAMS: Readonly<Record<string, Readonly<Record<string, () => Promise<number> | number>>>> = {
  "a producer": {
    "the driver left out": async () => (await bundled(...producerProgram("(env) => env.driver"))).size,
    "with every part": async () =>
      (await bundled(...producerProgram("(env) => env.driver", "undefined", "batches, transactions, rules, callSites"))).size,
    "with the driver for Neon": async () => (await bundled(...producerProgram("(env) => neonHttp(env.DATABASE_URL)"))).size,
  },
  "a Worker without the dashboard": {
    "the starter": () => deployed(...STARTER).size,
    "with zod/mini": () => deployed(...STARTER, ...ZOD_MINI).size,
    "with valibot and no app": () => deployed("--config", "test/adapters/workers/valibot.toml").size,
  },
};

/** Needs no database. */
export const bundles: Scenario = {
  name: "bundles",
  ratios: {},
  mostRounds: 1,
  cases: () => Object.entries(PROGRAMS).map(([program, sizes]) => ({ name: program, subjects: Object.keys(sizes), options: { program } })),
  async measure(_, subject, { program }) {
    const size = PROGRAMS[String(program)]?.[subject];
    if (!size) throw new Error(`There is no bundle ${JSON.stringify(subject)}.`);
    return { KB: (await size()) / 1_000 };
  },
};
