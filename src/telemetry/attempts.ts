/**
 * What a worker has under way, as far as metrics need to know it once a turn has settled it.
 * @module
 */
import type { Settlement } from "../store/settlement.ts";
import type { Turn, TurnReply } from "../store/turn.ts";
import type { Attempt } from "../worker/attempt.ts";
import { jobsOf } from "./attributes.ts";
import type { Instruments } from "./instruments.ts";
import type { ObservedEnd } from "./observe-attempt.ts";
import { safely } from "./safely.ts";

interface OpenAttempt {
  readonly queue: string;
  readonly name: string;
  type?: string;
}

export class Attempts {
  readonly #underWay = new Map<string, OpenAttempt>();

  /** Remembers what a turn has claimed. Hooks are no attempts. */
  claimed({ claimId }: Turn, { jobs }: TurnReply): void {
    for (const { id, queue, name, hook } of jobs) if (hook === null) this.#underWay.set(keyOf(id, claimId), { queue, name });
  }

  /** Remembers how one failed. */
  ended({ job, claimId }: Attempt, { outcome, type }: ObservedEnd): void {
    const attempt = this.#underWay.get(keyOf(job.id, claimId));
    if (attempt && type !== undefined) attempt.type = type;
    // Nobody settles what is no longer this worker's.
    if (outcome === "lost" && type === "claim_lost") this.#underWay.delete(keyOf(job.id, claimId));
  }

  /** Counts what a turn has settled. */
  settled({ settle }: Turn, { rejections }: TurnReply, { consumed }: Instruments): void {
    const rejected = new Set(rejections.filter(({ reason }) => reason !== "already").map(({ id, claimId }) => keyOf(id, claimId)));
    for (const { id, claimId, outcome } of settle) {
      const key = keyOf(id, claimId);
      const attempt = this.#underWay.get(key);
      this.#underWay.delete(key);
      if (attempt && !rejected.has(key) && isEnd(outcome)) safely(() => consumed.add(1, ended(attempt, outcome)));
    }
  }
}

function isEnd(outcome: Settlement["outcome"]): boolean {
  return outcome !== "released" && outcome !== "hook_done";
}

function ended({ queue, name, type }: OpenAttempt, outcome: Settlement["outcome"]) {
  const failed = type !== undefined && (outcome === "errored" || outcome === "lost");
  return jobsOf("process", queue, name, { "mayfly.outcome": outcome, ...(failed ? { "error.type": type } : {}) });
}

function keyOf(id: string, claimId: string): string {
  return `${id} ${claimId}`;
}
