/**
 * A diagnosis of the queue in a driver's database.
 * @module
 */
import type { Diagnosis } from "../../operate/diagnosis.ts";
import { onlyRow } from "../ask.ts";
import { some, text } from "../decode.ts";
import type { Row } from "../driver/driver.ts";
import { schemaVersion } from "../sql/schema-version.ts";
import * as statements from "../sql/statements.ts";
import { count } from "./decode-operator.ts";
import { type ReadAll, statement } from "./read-all.ts";

/** Rows of each kind that a diagnosis lists. */
const FEW = "10";

export async function diagnose(readAll: ReadAll, staleMs: string, retentionDays: number): Promise<Diagnosis> {
  const [ledger, role, pulse, ready, workers, parked, throttled, partitions, duties, deadRows, [longest]] = await readAll([
    statement(statements.migrationLedger),
    statement(statements.diagnoseRole),
    statement(statements.diagnosePulse),
    statement(statements.diagnoseReady, FEW),
    statement(statements.diagnoseWorkers, staleMs, FEW),
    statement(statements.diagnoseParked, FEW),
    statement(statements.diagnoseThrottled, FEW),
    statement(statements.diagnosePartitions, String(retentionDays)),
    statement(statements.diagnoseDuties),
    statement(statements.diagnoseDeadRows, FEW),
    statement(statements.diagnoseTransactions),
  ]);
  const { seen_ms: seenMs, overdue_ms: overdueMs } = onlyRow(pulse);
  return {
    schema: decodeSchema(ledger, schemaVersion),
    role: decodeRole(onlyRow(role)),
    lastSeenMs: seenMs ? Number(seenMs) : null,
    overdueMs: overdueMs ? Number(overdueMs) : null,
    ready: ready.map(decodeReady),
    staleWorkers: workers.map(decodeStaleWorker),
    parked: parked.map(decodeParked),
    throttled: throttled.map(decodeThrottled),
    partitions: decodePartitions(onlyRow(partitions)),
    failedDuties: duties.map(decodeFailedDuty),
    deadRows: deadRows.map(decodeDeadRows),
    ...some("longestTransaction", longest && decodeTransaction(longest)),
  };
}

function decodeRole(row: Row): Diagnosis["role"] {
  const kinds = JSON.parse(text(row, "kinds")) as Diagnosis["role"]["kinds"];
  return { name: text(row, "role"), owner: row.owner === "t", kinds };
}

function decodeReady(row: Row): Diagnosis["ready"][number] {
  return { queue: text(row, "queue"), paused: row.paused === "t", jobs: count(row, "jobs"), waitingMs: count(row, "waiting_ms") };
}

function decodeStaleWorker(row: Row): Diagnosis["staleWorkers"][number] {
  return { id: text(row, "id"), runtime: row.runtime ?? "unknown", silentMs: count(row, "silent_ms"), running: count(row, "running") };
}

function decodeParked(row: Row): Diagnosis["parked"][number] {
  return { name: text(row, "name"), jobs: count(row, "jobs"), waitingMs: count(row, "waiting_ms") };
}

function decodeThrottled(row: Row): Diagnosis["throttled"][number] {
  return {
    name: text(row, "name"),
    ...some("key", row.key),
    jobs: count(row, "jobs"),
    running: count(row, "running"),
    limit: count(row, "running_limit"),
  };
}

function decodePartitions(row: Row): Diagnosis["partitions"] {
  return { used: count(row, "used"), past: count(row, "past"), stragglers: count(row, "stragglers") };
}

function decodeFailedDuty(row: Row): Diagnosis["failedDuties"][number] {
  return { duty: text(row, "name"), sqlState: text(row, "sql_state"), message: text(row, "message"), failedMs: count(row, "failed_ms") };
}

function decodeTransaction(row: Row): NonNullable<Diagnosis["longestTransaction"]> {
  return { ageMs: count(row, "age_ms"), application: row.application_name ?? "", state: row.state ?? "" };
}

function decodeDeadRows(row: Row): Diagnosis["deadRows"][number] {
  return { table: text(row, "name"), live: count(row, "live"), dead: count(row, "dead") };
}

/** The version, and whether a migration beyond what is known stops this program. */
function decodeSchema(ledger: readonly Row[], known: number): Diagnosis["schema"] {
  return {
    version: Math.max(0, ...ledger.map((row) => count(row, "number"))),
    known,
    tooNew: ledger.some((row) => row.breaking === "t" && count(row, "number") > known),
  };
}
