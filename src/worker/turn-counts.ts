/**
 * What became of the jobs that a worker took.
 * @module
 */
import type { Settlement } from "../store/settlement.ts";
import type { Rejection, TurnReply } from "../store/turn.ts";

export interface TurnCounts {
  readonly turns: number;
  readonly claimed: number;
  readonly successful: number;
  readonly errored: number;
  readonly cancelled: number;
  /** Attempts that went down with the process they ran in. */
  readonly lost: number;
  readonly deferred: number;
  /** Results that were not accepted, because their claims were lost. */
  readonly claimsLost: number;
  /** Jobs moved out of the way: parked, throttled or expired. */
  readonly setAside: number;
}

export type CountsSoFar = { -readonly [Key in keyof TurnCounts]: number };

export function noCounts(): CountsSoFar {
  return { turns: 0, claimed: 0, successful: 0, errored: 0, cancelled: 0, lost: 0, deferred: 0, claimsLost: 0, setAside: 0 };
}

/** Adds what another loop has counted. */
export function addCounts(counts: CountsSoFar, more: TurnCounts): void {
  for (const key of Object.keys(noCounts()) as (keyof TurnCounts)[]) counts[key] += more[key];
}

/** Adds a turn that has been answered. */
export function countTurn(counts: CountsSoFar, settle: readonly Settlement[], { jobs, rejections, setAside }: TurnReply): void {
  const unsettled = settlementsOf(settle, rejections, ["claim_lost", "busy"]);
  counts.turns++;
  counts.claimed += jobs.length;
  counts.setAside += setAside;
  counts.claimsLost += rejections.filter(({ reason }) => reason === "claim_lost").length;
  for (const settlement of settle) {
    const { outcome } = settlement;
    if (outcome !== "released" && outcome !== "hook_done" && !unsettled.has(settlement)) counts[outcome]++;
  }
}

/** Those of the settlements that were rejected for one of these reasons. */
export function settlementsOf(
  settle: readonly Settlement[],
  rejections: readonly Rejection[],
  reasons: readonly Rejection["reason"][],
): ReadonlySet<Settlement> {
  if (rejections.length === 0) return NONE;
  const rejected = new Set(rejections.filter(({ reason }) => reasons.includes(reason)).map(({ id, claimId }) => `${id} ${claimId}`));
  return new Set(settle.filter(({ id, claimId }) => rejected.has(`${id} ${claimId}`)));
}

const NONE: ReadonlySet<Settlement> = new Set();
