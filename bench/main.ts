/**
 * Mayfly side by side with its peers, on one real Postgres: `npm run bench -- [scenario...]`.
 *
 * Prints a table for each scenario, and keeps all rounds as JSON.
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { contenderOf, contenders } from "./contenders/index.ts";
import type { Figures, Round } from "./figures.ts";
import { measureApart } from "./measure-apart.ts";
import type { Results, ScenarioResult, ServerKind } from "./results.ts";
import type { Case, Scenario } from "./scenario.ts";
import { others, scenarioOf, scenarios } from "./scenarios/index.ts";
import { startBenchServer } from "./server.ts";
import { type CaseResult, summarize } from "./summary.ts";
import { scenarioTable } from "./tables.ts";

interface Arguments {
  readonly rounds: number;
  readonly scale: number;
  readonly smoke: boolean;
  readonly postgres: ServerKind;
  readonly out: string;
  readonly only?: string;
}

const SMOKE = { rounds: 1, scale: 0.001 };

const program = new Command("bench")
  .argument("[scenario...]", `of ${scenarios.map(({ name }) => name).join(", ")}; ${others.map(({ name }) => name).join(", ")}`, [])
  .option("--rounds <n>", "rounds, each in another order", positive, 5)
  .option("--scale <x>", "multiplies jobs, rows and seconds", positive, 1)
  .addOption(
    new Option("--postgres <which>", "the server: of the npm package, version 18; or Debian's version 15, which has lz4")
      .choices(["embedded", "debian"] satisfies ServerKind[])
      .default("embedded"),
  )
  .addOption(new Option("--only <contender>", "one contender, where its own figures are all that is asked").choices([...contenders]))
  .option("--smoke", "one round of next to nothing: whether everything runs", false)
  .option(
    "--out <file>",
    "where to keep all rounds",
    join(import.meta.dirname, "results", `${new Date().toISOString().slice(0, 16).replace(":", "")}.json`),
  )
  .parse();
const { smoke, out, postgres, only, ...asked } = program.opts<Arguments>();
const { rounds, scale } = smoke ? SMOKE : asked;
const chosen = program.args.length > 0 ? program.args.map(scenarioOf) : scenarios;

const server = await startBenchServer(postgres, smoke).catch((error: Error) => program.error(error.message));
const apart = measureApart(server, smoke);
const about = {
  startedAt: new Date().toISOString(),
  server: postgres,
  machine: { processor: cpus()[0]?.model, cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30) },
  versions: {
    node: process.version,
    "graphile-worker": packageJson.devDependencies["graphile-worker"],
    "pg-boss": packageJson.devDependencies["pg-boss"],
  },
  postgres: server.settings,
  settings: Object.fromEntries(contenders.map((name) => [name, { fastest: contenderOf(name).fastest, small: contenderOf(name).small }])),
  rounds,
  scale,
};
console.log(JSON.stringify(about, null, 2));

const found: ScenarioResult[] = [];
mkdirSync(dirname(out), { recursive: true });
for (const scenario of chosen) {
  const cases = (smoke ? scenario.cases(scale).slice(0, 1) : scenario.cases(scale)).map(onlyAsked);
  const results: CaseResult[] = [];
  const result: ScenarioResult = { scenario: scenario.name, cases: results };
  found.push(result);
  for (const one of cases) {
    results.push(summarize(scenario, one, await runRounds(scenario, one)));
    // After each: a long run that is broken off has not been for nothing.
    const kept: Results = { ...about, scenarios: found };
    writeFileSync(out, `${JSON.stringify(kept, null, 2)}\n`);
  }
  console.log(`\n## ${scenario.name}\n\n${scenarioTable(result)}`);
}
apart.close();
await server.stop();

/** Where a contender is picked, a case that it has no part in is left whole. */
function onlyAsked(one: Case): Case {
  const subjects = one.subjects.filter((subject) => subject === only);
  return subjects.length > 0 ? { ...one, subjects } : one;
}

/** All subjects in turn, A B C, B C A, C A B: who comes first or after whom is no advantage. */
async function runRounds({ name, mostRounds = rounds }: Scenario, { name: label, subjects, options }: Case): Promise<Round[]> {
  const all: Round[] = [];
  for (let round = 0; round < Math.min(rounds, mostRounds); round++) {
    const order = [...subjects.slice(round % subjects.length), ...subjects.slice(0, round % subjects.length)];
    const figures: Record<string, Figures> = {};
    console.error(`${name}, ${label}, round ${round + 1}`);
    for (const subject of order) figures[subject] = await apart.measure({ scenario: name, subject, options });
    all.push(Object.fromEntries(subjects.map((subject) => [subject, figures[subject] ?? {}])));
  }
  return all;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It is a number above 0.");
  return value;
}
