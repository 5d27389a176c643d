/**
 * Jobs, turns and settlements with everything filled in, to be varied by tests.
 * @module
 */
import assert from "node:assert/strict";
import { systemClock } from "../../src/app/system-clock.ts";
import { createIdSource } from "../../src/base/ids.ts";
import type { JsonValue } from "../../src/base/json-value.ts";
import type { NewJob } from "../../src/store/new-job.ts";
import type { Settlement } from "../../src/store/settlement.ts";
import type { Store } from "../../src/store/store.ts";
import type { MaintainReply, Tick } from "../../src/store/tick.ts";
import type { Capacity, Presence, Turn, TurnReply } from "../../src/store/turn.ts";

export const newId = createIdSource(systemClock);

/** What a test may vary of a new job, its payload as a value. */
export type NewJobFields = Partial<NewJob> & { readonly payload?: JsonValue };

export function newJob({ payload = {}, ...more }: NewJobFields = {}): NewJob {
  return {
    id: newId(),
    name: "work",
    queue: "default",
    priority: 0,
    retries: 0,
    timeoutMs: null,
    key: null,
    limit: null,
    runningLimit: null,
    idempotent: false,
    expect: null,
    delayMs: null,
    withinMs: null,
    runAt: null,
    expiresMs: null,
    expiresAt: null,
    payloadJson: JSON.stringify(payload),
    source: null,
    createdBy: null,
    trace: {},
    ...more,
  };
}

/** What a test may vary of a turn: its own fields, and those of its capacity and its presence. */
export type TurnFields = Partial<Omit<Turn, "capacity" | "presence"> & Capacity & Presence>;

export function newTurn({ queues, names, hookNames, maxTimeoutMs, maxBytes, park, ...more }: TurnFields = {}): Turn {
  const { runtime, host, deadlineAt, heartbeatMs, listen, leave, activeClaims, ...rest } = more;
  return {
    workerId: newId(),
    claimId: newId(),
    slots: 10,
    capacity: {
      queues: queues ?? ["default"],
      names: names ?? ["work"],
      hookNames: hookNames ?? [],
      maxTimeoutMs: maxTimeoutMs ?? 60_000,
      maxBytes: maxBytes ?? 8_000_000,
      park: park ?? true,
    },
    settle: [],
    watermarks: null,
    readyFrom: null,
    presence: {
      runtime: runtime ?? "test",
      host: host ?? null,
      deadlineAt: deadlineAt ?? null,
      heartbeatMs: heartbeatMs ?? 5_000,
      ...(listen === undefined ? {} : { listen }),
      leave: leave ?? false,
      activeClaims: activeClaims ?? null,
    },
    ...rest,
  };
}

export function newTick(more: Partial<Tick> = {}): Tick {
  return { workerId: null, staleMs: 90_000, limit: 500, queues: ["default"], set: null, ...more };
}

/** Housekeeping of which every duty is due. Retention has a call of its own, and is kept from the second one. */
export async function housekeep(
  { store, sql }: { readonly store: Store; sql(text: string): Promise<readonly unknown[]> },
  retentionDays: number | null = null,
  limit = 100,
): Promise<MaintainReply> {
  await sql("update mayfly.duty set due_at = now() where every is not null");
  if (retentionDays === null) return store.maintain(null, limit);
  const retention = await store.maintain(retentionDays, limit);
  const left = await sql(
    "update mayfly.duty set due_at = now() + interval '1 hour' where name = 'retention' and due_at <= now() returning name",
  );
  const rest = await store.maintain(retentionDays, limit);
  return { expired: rest.expired, more: rest.more || left.length > 0, failed: [...retention.failed, ...rest.failed] };
}

export function success(id: string, claimId: string, more: Partial<Settlement> = {}): Settlement {
  return { id, claimId, outcome: "successful", retryInMs: null, countsAsAttempt: true, ...more };
}

export function failure(id: string, claimId: string, retryInMs: number | null = null): Settlement {
  return { id, claimId, outcome: "errored", retryInMs, countsAsAttempt: true, error: { name: "Error", message: "no" } };
}

export function lost(id: string, claimId: string, more: Partial<Settlement> = {}): Settlement {
  return { ...failure(id, claimId), outcome: "lost", ...more };
}

/** Claims with a new claim of the worker, and says under which. */
export async function claim(store: Store, more: TurnFields = {}): Promise<TurnReply & { claimId: string; workerId: string }> {
  const turn = newTurn(more);
  return { ...(await store.turn(turn)), claimId: turn.claimId, workerId: turn.workerId };
}

/** Enqueues one by one, so that each is ready a little later than the one before. */
export async function enqueueEach({ store }: { readonly store: Store }, jobs: NewJobFields[]): Promise<string[]> {
  const ids: string[] = [];
  for (const job of jobs) {
    const [reply] = await store.enqueue([newJob(job)]);
    assert.equal(reply?.outcome, "enqueued");
    ids.push(reply.id);
  }
  return ids;
}

/** A worker that holds all there is. */
export async function holdAll(database: { readonly store: Store }, jobs: NewJobFields[]) {
  const ids = await enqueueEach(database, jobs);
  const held = await claim(database.store, { slots: jobs.length });
  const settle = (...settlements: Settlement[]) => claim(database.store, { workerId: held.workerId, slots: 0, settle: settlements });
  return { ...held, ids, settle };
}

/** The settlement of a hook that has been run, or is to be tried again. */
export function hookDone(id: string, claimId: string, retryInMs: number | null = null): Settlement {
  return { id, claimId, outcome: "hook_done", retryInMs, countsAsAttempt: false };
}
