/**
 * From a diagnosis to what is to be done about it.
 * @module
 */
import { formatDuration } from "../base/durations.ts";
import { shellWord } from "../base/printable.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { LedgerFacts } from "./ledger-facts.ts";
import { isSilent } from "./silence.ts";

/** `problem`: jobs do not run, or will not for long; `warning`: worth a look. */
export type Severity = "ok" | "warning" | "problem";

/** One sentence about one check: what is wrong and what to do, or that all is well. */
export interface Advice {
  readonly check:
    | "schema"
    | "privileges"
    | "ticks"
    | "wakes"
    | "ready jobs"
    | "workers"
    | "unknown names"
    | "running limits"
    | "partitions"
    | "housekeeping"
    | "dead rows"
    | "transactions";
  readonly severity: Severity;
  readonly message: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * At least one sentence for each check, in a fixed order.
 * @param ledger what the wake ledger says. Default: nothing is known of one, and "wakes" is not checked.
 */
export function adviceOn(diagnosis: Diagnosis, ledger?: LedgerFacts): Advice[] {
  const checks = CHECKS.filter(([check]) => ledger !== undefined || check !== "wakes");
  return checks.flatMap(([check, complain, fine]): Advice[] => {
    const complaints = complain(diagnosis, ledger);
    return complaints.length > 0
      ? complaints.map(([severity, message]) => ({ check, severity, message }))
      : [{ check, severity: "ok", message: fine(diagnosis) }];
  });
}

type Complaint = readonly [severity: "warning" | "problem", message: string];
type Complain = (diagnosis: Diagnosis, ledger: LedgerFacts | undefined) => Complaint[];
type Check = readonly [check: Advice["check"], complain: Complain, fine: (diagnosis: Diagnosis) => string];

const CHECKS: readonly Check[] = [
  ["schema", schema, ({ schema: { version } }) => `The schema is at version ${version}, the one this Mayfly knows.`],
  ["privileges", privileges, privilegesOf],
  ["ticks", ticks, ({ lastSeenMs }) => `A consumer was seen ${age(lastSeenMs ?? 0)} ago.`],
  ["wakes", wakes, () => "Every job was announced."],
  ["ready jobs", ready, ({ ready: [first] }) => (first ? `The oldest has waited ${age(first.waitingMs)}.` : "None waits.")],
  ["workers", workers, () => "None is silent for too long."],
  ["unknown names", parked, () => "No job is parked."],
  ["running limits", throttled, () => "No job is throttled by a limit that has room."],
  ["partitions", partitions, ({ partitions: { used } }) => `${many(used, "partition")} in use, none beyond the retention.`],
  ["housekeeping", housekeeping, () => "No duty has failed."],
  ["dead rows", deadRows, () => "Vacuum keeps up."],
  [
    "transactions",
    transactions,
    ({ longestTransaction: longest }) => (longest ? `The longest is open for ${age(longest.ageMs)}.` : "None is open."),
  ],
];

function schema({ schema: { version, known, tooNew } }: Diagnosis): Complaint[] {
  if (version < known)
    return [["problem", `The schema is at version ${version}, this Mayfly needs ${known}. Run "npx mayfly migrate" before you deploy it.`]];
  if (tooNew)
    return [["problem", `The schema is at version ${version}, which this Mayfly cannot work with: it knows ${known}. Deploy a newer one.`]];
  if (version > known)
    return [["warning", `The schema is at version ${version}, this Mayfly knows ${known}: others are newer than it. Deploy a newer one.`]];
  return [];
}

/** A kind was meant for the role where the role has more of it than the kinds that it has wholly would give. */
function privileges({ role: { name, owner, kinds } }: Diagnosis): Complaint[] {
  const most = Math.max(0, ...kinds.filter(({ lacks }) => lacks.length === 0).map(({ has }) => has));
  const [nearest] = kinds.filter(({ has, lacks }) => lacks.length > 0 && has > most).toSorted((a, b) => a.lacks.length - b.lacks.length);
  if (owner || !nearest) return [];
  const { kind, lacks } = nearest;
  return [
    [
      "problem",
      `The role ${JSON.stringify(name)} lacks what ${kind === "operator" ? "an" : "a"} ${kind} needs: ${lacks.slice(0, 3).join(", ")}${lacks.length > 3 ? ` and ${lacks.length - 3} more` : ""}. As the owner: "npx mayfly migrate --grant ${kind}=${shellWord(name)}".`,
    ],
  ];
}

function privilegesOf({ role: { name, owner, kinds } }: Diagnosis): string {
  if (owner)
    return `The role ${JSON.stringify(name)} owns the schema. An app needs less: "mayfly grants worker=<role> operator=<role>" prints it.`;
  const full = kinds.filter(({ lacks }) => lacks.length === 0).map(({ kind }) => kind);
  return `The role ${JSON.stringify(name)} has what it needs as ${full.join(" and ")}.`;
}

function ticks({ lastSeenMs, overdueMs, ready: waiting }: Diagnosis, ledger: LedgerFacts | undefined): Complaint[] {
  const severity = waiting.some(({ paused }) => !paused) ? "problem" : "warning";
  if (lastSeenMs === null) return [[severity, "No consumer has ever been seen. Deploy one, with a cron trigger of one minute."]];
  const waits = waiting.filter(({ paused }) => !paused).map(({ waitingMs }) => waitingMs);
  if (!isSilent({ lastSeenMs, waitingMs: Math.max(overdueMs ?? 0, ...waits), nextInMs: ledger?.nextInMs })) return [];
  return [[severity, `The last consumer was seen ${age(lastSeenMs)} ago. Check that its cron trigger fires, and read its log.`]];
}

function wakes(_: Diagnosis, ledger: LedgerFacts | undefined): Complaint[] {
  if (!ledger || ledger.unannounced === 0) return [];
  return [
    [
      "warning",
      `${many(ledger.unannounced, "job")} came without a wake, and waited for a look; crons look each minute until a day has passed without one. Call jobs.wake(), or POST /v1/wake, after plain SQL and after a transaction of your own.`,
    ],
  ];
}

function ready({ ready: waiting }: Diagnosis): Complaint[] {
  return waiting.flatMap(({ queue, paused, jobs, waitingMs }): Complaint[] => {
    const what = `${many(jobs, "job")} in the queue ${JSON.stringify(queue)}, the oldest for ${age(waitingMs)}`;
    if (paused) return [["warning", `${what}: it is paused. "mayfly resume ${shellWord(queue)}" lets them run.`]];
    if (waitingMs < 2 * MINUTE) return [];
    return [
      [
        waitingMs < 10 * MINUTE ? "warning" : "problem",
        `${what}. Check that a consumer serves this queue; give it more slots if it cannot keep up.`,
      ],
    ];
  });
}

function workers({ staleWorkers }: Diagnosis): Complaint[] {
  return staleWorkers.map(({ id, runtime, silentMs, running }) => [
    running > 0 ? "problem" : "warning",
    `The ${runtime} worker ${id} has been silent for ${age(silentMs)} and holds ${many(running, "job")}. A consumer's next tick rescues what it holds; if it stays here, none ticks.`,
  ]);
}

function parked({ parked: names }: Diagnosis): Complaint[] {
  return names.map(({ name, jobs, waitingMs }) => [
    waitingMs < HOUR ? "warning" : "problem",
    `${many(jobs, "job")} named ${JSON.stringify(name)}, the oldest for ${age(waitingMs)}: no consumer of their queue has the handler, or the time for it. Deploy one, make the name an alias of another job, or cancel them.`,
  ]);
}

function throttled({ throttled: groups }: Diagnosis): Complaint[] {
  return groups.map(({ name, key, jobs, running, limit }) => [
    "warning",
    `${many(jobs, "job")} named ${JSON.stringify(name)}${key === undefined ? "" : ` with the key ${JSON.stringify(key)}`} throttled, while ${running} of ${limit} run. A consumer's next tick admits them; if they stay throttled, none ticks.`,
  ]);
}

function partitions({ partitions: { past, stragglers } }: Diagnosis): Complaint[] {
  const complaints: Complaint[] = [];
  if (past > 0) {
    complaints.push([
      "warning",
      `${many(past, "partition")} beyond the retention for more than a day. A consumer's housekeeping empties them within an hour, or "mayfly clear" now; if they stay, somebody reads them all the time.`,
    ]);
  }
  if (stragglers > 0) {
    complaints.push([
      "warning",
      `${many(stragglers, "live job")} in a partition that was closed more than a day ago, which cannot be emptied. A consumer's housekeeping moves them within an hour; if they stay, none ticks.`,
    ]);
  }
  return complaints;
}

function housekeeping({ failedDuties }: Diagnosis): Complaint[] {
  return failedDuties.map(({ duty, sqlState, message, failedMs }) => [
    "warning",
    `The duty ${duty} failed ${age(failedMs)} ago with ${sqlState}: ${message}. It is tried again; the others are done without it.`,
  ]);
}

function deadRows({ deadRows: tables }: Diagnosis): Complaint[] {
  return tables
    .filter(({ live, dead }) => dead >= 50_000 && dead > live)
    .map(({ table, live, dead }) => [
      "warning",
      `mayfly.${table} has ${dead} dead rows beside ${live} live ones. Check that autovacuum is on, and that no transaction stays open.`,
    ]);
}

function transactions({ longestTransaction: longest }: Diagnosis): Complaint[] {
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
