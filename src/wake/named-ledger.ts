/**
 * A ledger without a memory, for platforms that can start a consumer at a time and refuse a name that is taken: what is armed is known by its time's name,
 * and what a lane has to know is in the lane's. It starts more consumers than one that remembers; like any ledger it only errs towards too early.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { JointStart } from "./joint-start.ts";
import type { Ledger } from "./ledger.ts";
import { laneName, laneOf, lanesAfter, lanesTogether, type NamedLane } from "./named-lanes.ts";
import { isLane } from "./start-lanes.ts";

/** What starts consumers. */
export interface CallEngine {
  /** Starts a consumer under each of these names, at once. */
  start(lanes: readonly string[]): Promise<void>;
  /** Has one started at this time, a full second. Where that is so already it need not be done again. */
  arm(at: number): Promise<void>;
}

export interface NamedLedgerOptions {
  readonly engine: CallEngine;
  /** Lanes at a time that lead to each other, at most. */
  readonly lanes: number;
  /** Jobs that a lane runs at a time. */
  readonly slots: number;
  /** So many lanes may lead to one another, or the platform would take them for a loop; whoever is armed begins anew. Default: no bound. */
  readonly hops?: number;
  readonly clock: Clock;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** Until a consumer looks again that could not ask, or found what is due and could not take it. */
const RETRY_MS = 5_000;
/** So many lanes that the jobs which were put in take so long, where one takes half a second. */
const BACKLOG = { jobMs: 500, targetMs: 4_000 };
/** Before the bound of hops, so that whoever begins anew is there before the last of them ends. */
const HOPS_AHEAD = 4;
/** What is armed for a time that is further ahead begins anew: no lane has led to it. */
const ANEW_MS = 2 * MINUTE_MS;
/** Times that this program has armed, and leases of which it knows how much was put in: more are not worth their memory. */
const MOST_KNOWN = 100;

/** The ledger over an engine. */
export function namedLedger({ engine, lanes, slots, hops = Number.POSITIVE_INFINITY, clock }: NamedLedgerOptions): Ledger {
  const armed = new Set<number>();
  const putIn = new Map<string, number>();

  async function arm(at: number): Promise<void> {
    const second = Math.floor(at / SECOND_MS) * SECOND_MS;
    if (second <= clock.now()) return await start([{ number: 0, of: 1, hop: 0 }]);
    if (armed.has(second)) return;
    if (armed.size >= MOST_KNOWN) armed.clear();
    // From here on, so that of many at once one asks.
    armed.add(second);
    try {
      await engine.arm(second);
    } catch (error) {
      armed.delete(second);
      throw error;
    }
  }

  /** Anew, at the full minute after so long: what is armed for one is armed once. */
  async function armAnew(inMs: number): Promise<void> {
    await arm((Math.floor((clock.now() + Math.max(inMs, ANEW_MS)) / MINUTE_MS) + 1) * MINUTE_MS);
  }

  async function start(started: readonly NamedLane[]): Promise<void> {
    await engine.start(started.map(laneName));
  }

  function lanesFor(jobs: number): number {
    return Math.min(lanes, Math.max(1, Math.floor((jobs * BACKLOG.jobMs) / slots / BACKLOG.targetMs)));
  }

  const joint = new JointStart(clock, async (jobs) => await start(lanesTogether(lanesFor(jobs), 0)));

  /** Work is left: twice as many go on. */
  async function goOn(consumer: string, jobsLeft: number): Promise<void> {
    const lane = laneOf(consumer);
    const together = lanesFor(jobsLeft);
    const next = together > 1 ? lanesTogether(together, lane.hop + 1) : lanesAfter(lane, lanes);
    await Promise.all([lane.hop + 1 < hops ? start(next) : undefined, lane.hop >= hops - HOPS_AHEAD ? armAnew(ANEW_MS) : undefined]);
  }

  return {
    async wake({ ready, dueInMs, lease }) {
      if (putIn.size >= MOST_KNOWN) putIn.clear();
      const isWorked = lease !== null && ready > 0;
      if (isWorked) putIn.set(lease.consumer, ready);
      await Promise.all([
        dueInMs === null ? undefined : arm(clock.now() + dueInMs),
        // A lease's end is a wake. What is due later has its own time armed, which nobody pushes back.
        isWorked ? armAnew(lease.forMs) : undefined,
        !lease && ready > 0 ? joint.add(ready) : undefined,
      ]);
      return { epoch: 0 };
    },

    async settle({ consumer, end }) {
      const jobs = putIn.get(consumer) ?? 0;
      putIn.delete(consumer);
      if (end === "nothing") return;
      if (end === "written") return await joint.add(Math.max(1, jobs));
      if (end === "unreachable" || end === "refused") return await arm(clock.now() + RETRY_MS);
      // What a lane has left without having taken any, another cannot take either; what is too long for an enqueuer, a lane can.
      if (end.left ? end.claimed > 0 || !isLane(consumer) : jobs > end.claimed) return await goOn(consumer, jobs - end.claimed);
      const nextInMs = end.left ? 0 : end.nextInMs;
      // What is due, and could not be taken, is held by somebody.
      if (nextInMs !== null) await arm(clock.now() + (nextInMs > 0 ? nextInMs : RETRY_MS));
    },

    async due({ lease }) {
      await armAnew(lease.forMs);
      return { look: true, epoch: 0 };
    },
  };
}
