/**
 * Writes the table and the diagram of docs/job-lifecycle.md from the answers of `mayfly.after_attempt` itself. `--check` only says whether they are
 * up to date.
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { systemClock } from "../src/app/system-clock.ts";
import { pglite } from "../src/postgres/driver/pglite.ts";
import { migrate } from "../src/postgres/migrate.ts";

const OUTCOMES = ["successful", "errored", "deferred", "cancelled", "lost", "released", "hook_done", "hook_lost"];
const FLAGS = ["again", "cancelled", "has_hook", "ended"] as const;

interface Answer {
  readonly outcome: string;
  readonly again: boolean;
  readonly cancelled: boolean;
  readonly has_hook: boolean;
  readonly ended: boolean;
  readonly result: string | null;
  readonly next: string;
  readonly over: boolean;
}

/** Every combination, in the order of the outcomes above. */
async function answers(): Promise<Answer[]> {
  const db = await PGlite.create();
  await migrate(pglite(db), { clock: systemClock });
  const { rows } = await db.query<Answer>(
    `select o.outcome, a.again, c.cancelled, h.has_hook, e.ended, t.result, t.next, t.over
    from unnest($1::text[]) with ordinality as o(outcome, nth)
    cross join (values (false), (true)) as a(again)
    cross join (values (false), (true)) as c(cancelled)
    cross join (values (false), (true)) as h(has_hook)
    cross join (values (false), (true)) as e(ended)
    cross join lateral mayfly.after_attempt(o.outcome, a.again, c.cancelled, h.has_hook, e.ended) as t
    order by o.nth, a.again, c.cancelled, h.has_hook, e.ended`,
    [OUTCOMES],
  );
  await db.close();
  return rows;
}

const decided = ({ result, next, over }: Answer) =>
  `${result ?? "none"} | ${next === "hook" ? `hook, then ${over ? "gone" : "ready"}` : next}`;

/** A line of the table. Null: that flag makes no difference. */
interface Line {
  readonly flags: readonly (boolean | null)[];
  readonly decision: string;
}

/** The lines of an outcome, two that differ in one flag and decide alike merged into one, as often as there are such. */
function linesOf(outcome: string, all: readonly Answer[]): string[] {
  const lines: Line[] = all
    .filter((answer) => answer.outcome === outcome)
    .map((answer) => ({ flags: FLAGS.map((flag) => answer[flag]), decision: decided(answer) }));
  while (mergeTwo(lines));
  const shown = (flag: boolean | null) => (flag === null ? "" : flag ? "yes" : "no");
  return lines.map(({ flags, decision }) => `| ${outcome} | ${flags.map(shown).join(" | ")} | ${decision} |`);
}

function mergeTwo(lines: Line[]): boolean {
  for (const [at, line] of lines.entries()) {
    const like = lines.findIndex((other, index) => index > at && other.decision === line.decision && differences(line, other) === 1);
    const other = lines[like];
    if (!other) continue;
    lines[at] = { ...line, flags: line.flags.map((flag, nth) => (flag === other.flags[nth] ? flag : null)) };
    lines.splice(like, 1);
    return true;
  }
  return false;
}

function differences(a: Line, b: Line): number {
  return a.flags.filter((flag, nth) => flag !== b.flags[nth]).length;
}

function diagram(all: readonly Answer[]): string[] {
  const edges = new Map<string, Set<string>>();
  for (const answer of all) {
    const to = answer.next === "hook" ? "ready_for_its_hook" : answer.next === "gone" ? "[*]" : answer.next;
    const labels = edges.get(to) ?? new Set();
    labels.add(answer.outcome);
    edges.set(to, labels);
  }
  const arrows = [...edges].map(([to, labels]) => `    running --> ${to}: ${[...labels].join(", ")}`);
  return [
    "```mermaid",
    "stateDiagram-v2",
    "    [*] --> ready: enqueued",
    "    [*] --> scheduled: enqueued for later",
    "    scheduled --> ready: due, or let in",
    "    ready --> running: claimed",
    "    ready_for_its_hook --> running: claimed",
    "    ready --> scheduled: parked, or throttled",
    "    ready --> [*]: cancelled, expired",
    "    scheduled --> [*]: cancelled, expired",
    ...arrows,
    "```",
  ];
}

const START = "<!-- generated: scripts/draw-lifecycle.ts -->";
const END = "<!-- end of what is generated -->";

const path = join(import.meta.dirname, "../docs/job-lifecycle.md");
const page = readFileSync(path, "utf8");
const all = await answers();
const table = [
  "| outcome | runs again | cancelled | has a hook | had ended | result | next |",
  "| --- | --- | --- | --- | --- | --- | --- |",
  ...OUTCOMES.flatMap((outcome) => linesOf(outcome, all)),
];
const [before, rest = ""] = page.split(START);
const [, after = ""] = rest.split(END);
const text = `${before}${START}\n\n${[...diagram(all), "", ...table].join("\n")}\n\n${END}${after}`;
if (!process.argv.includes("--check")) {
  writeFileSync(path, text);
} else if (page !== text) {
  console.error(
    'docs/job-lifecycle.md is not what mayfly.after_attempt answers: run "npm run generate", read the difference and commit it',
  );
  process.exitCode = 1;
}
