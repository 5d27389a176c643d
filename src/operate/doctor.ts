/**
 * From what an examination of the database found to what is to be done about it.
 * @module
 */
import { formatDuration } from "../base/durations.ts";
import type { DoctorReport } from "./operator-client.ts";

/** `problem`: jobs do not run, or will not for long; `warning`: worth a look. */
export type Severity = "ok" | "warning" | "problem";

/** One sentence about one thing that was looked at, saying what to do where something is. */
export interface Finding {
  readonly check:
    | "schema"
    | "ticks"
    | "ready jobs"
    | "workers"
    | "unknown names"
    | "running limits"
    | "results"
    | "dead rows"
    | "transactions";
  readonly severity: Severity;
  readonly message: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Everything that was looked at, in a fixed order: at least one finding for each check. */
export function examine(report: DoctorReport): Finding[] {
  return CHECKS.flatMap(([check, look, fine]): Finding[] => {
    const found = look(report);
    return found.length > 0
      ? found.map(([severity, message]) => ({ check, severity, message }))
      : [{ check, severity: "ok", message: fine(report) }];
  });
}

type Complaint = readonly [severity: "warning" | "problem", message: string];
type Check = readonly [check: Finding["check"], look: (report: DoctorReport) => Complaint[], fine: (report: DoctorReport) => string];

const CHECKS: readonly Check[] = [
  ["schema", schema, ({ schema: { version } }) => `The schema is at version ${version}, the one this Mayfly knows.`],
  ["ticks", ticks, ({ lastSeenMs }) => `A consumer was seen ${age(lastSeenMs ?? 0)} ago.`],
  ["ready jobs", ready, ({ ready: [first] }) => (first ? `The oldest has waited ${age(first.waitingMs)}.` : "None waits.")],
  ["workers", workers, () => "None is silent for too long."],
  ["unknown names", parked, () => "No job is set aside."],
  ["running limits", held, () => "No job is held at a limit that has room."],
  ["results", results, ({ resultSlots: { used } }) => `${many(used, "day")} of results, none beyond the retention.`],
  ["dead rows", deadRows, () => "Vacuum keeps up."],
  [
    "transactions",
    transactions,
    ({ longestTransaction: longest }) => (longest ? `The longest is open for ${age(longest.ageMs)}.` : "None is open."),
  ],
];

function schema({ schema: { version, known, tooNew } }: DoctorReport): Complaint[] {
  if (version < known)
    return [["problem", `The schema is at version ${version}, this Mayfly needs ${known}. Run "npx mayfly migrate" before you deploy it.`]];
  if (tooNew)
    return [["problem", `The schema is at version ${version}, which this Mayfly cannot work with: it knows ${known}. Deploy a newer one.`]];
  if (version > known)
    return [["warning", `The schema is at version ${version}, this Mayfly knows ${known}: others are newer than it. Deploy a newer one.`]];
  return [];
}

function ticks({ lastSeenMs, ready: waiting }: DoctorReport): Complaint[] {
  const severity = waiting.some(({ paused }) => !paused) ? "problem" : "warning";
  if (lastSeenMs === null) return [[severity, "No consumer has ever been seen. Deploy one, with a cron trigger of one minute."]];
  if (lastSeenMs < 5 * MINUTE) return [];
  return [[severity, `The last consumer was seen ${age(lastSeenMs)} ago. Look whether its cron trigger fires, and at its log.`]];
}

function ready({ ready: waiting }: DoctorReport): Complaint[] {
  return waiting.flatMap(({ queue, paused, jobs, waitingMs }): Complaint[] => {
    const what = `${many(jobs, "job")} in the queue ${JSON.stringify(queue)}, the oldest for ${age(waitingMs)}`;
    if (paused) return [["warning", `${what}: it is paused. "mayfly resume ${queue}" lets them run.`]];
    if (waitingMs < 2 * MINUTE) return [];
    return [
      [
        waitingMs < 10 * MINUTE ? "warning" : "problem",
        `${what}. Look whether a consumer serves this queue; give it more slots if it cannot keep up.`,
      ],
    ];
  });
}

function workers({ staleWorkers }: DoctorReport): Complaint[] {
  return staleWorkers.map(({ id, runtime, silentMs, running }) => [
    running > 0 ? "problem" : "warning",
    `The ${runtime} worker ${id} has been silent for ${age(silentMs)} and holds ${many(running, "job")}. A consumer's next tick rescues what it holds; if it stays here, none ticks.`,
  ]);
}

function parked({ parked: names }: DoctorReport): Complaint[] {
  return names.map(({ name, jobs, waitingMs }) => [
    waitingMs < HOUR ? "warning" : "problem",
    `${many(jobs, "job")} named ${JSON.stringify(name)}, the oldest for ${age(waitingMs)}: no consumer of their queue has the handler, or the time for it. Deploy one, make the name an alias of another job, or cancel them.`,
  ]);
}

function held({ held: groups }: DoctorReport): Complaint[] {
  return groups.map(({ name, key, held: jobs, running, limit }) => [
    "warning",
    `${many(jobs, "job")} named ${JSON.stringify(name)}${key === undefined ? "" : ` with the key ${JSON.stringify(key)}`} held, while ${running} of ${limit} run. A consumer's next tick lets them in; if they stay here, none ticks.`,
  ]);
}

function results({ resultSlots: { past } }: DoctorReport): Complaint[] {
  return past === 0
    ? []
    : [["warning", `${many(past, "day")} of results beyond the retention. A consumer's next tick removes them, or "mayfly clear" now.`]];
}

function deadRows({ deadRows: tables }: DoctorReport): Complaint[] {
  return tables
    .filter(({ live, dead }) => dead >= 50_000 && dead > live)
    .map(({ table, live, dead }) => [
      "warning",
      `mayfly.${table} has ${dead} dead rows beside ${live} live ones. Look whether autovacuum is on, and for transactions that stay open.`,
    ]);
}

function transactions({ longestTransaction: longest }: DoctorReport): Complaint[] {
  if (!longest || longest.ageMs < 5 * MINUTE) return [];
  const { ageMs, application, state } = longest;
  const whose = application === "" ? "" : ` of ${JSON.stringify(application)}`;
  return [
    [
      ageMs < HOUR ? "warning" : "problem",
      `A transaction${whose} is open for ${age(ageMs)} (${state}) and keeps vacuum from removing dead rows. End it.`,
    ],
  ];
}

function many(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** Whole seconds, and the two largest units of them. */
function age(ms: number): string {
  const units = formatDuration(Math.max(0, Math.floor(ms / 1_000)) * 1_000).match(/\d+[wdhms]+/g) ?? [];
  return units[0] === "0ms" ? "0s" : units.slice(0, 2).join("");
}
