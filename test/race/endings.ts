/**
 * How the handlers and hooks of the race come to their ends: in every way there is.
 * @module
 */
import type { Settlement } from "../../src/store/settlement.ts";
import { settleCancelled, settleDeferral, settleError, settleLost, settleReleased, settleSuccess } from "../../src/worker/outcome.ts";
import type { Random } from "../support/random.ts";
import { HOOK_TRIES, type Race } from "./stage.ts";
import type { Held } from "./workers.ts";

export function endingOf({ random }: Race, held: Held): Settlement {
  const { job, claimId, cancelled } = held;
  if (random.chance(0.05)) return settleReleased(held);
  if (job.hook) {
    const again = job.hookTries < HOOK_TRIES && random.chance(0.3);
    const retryInMs = again ? random.below(2) * random.below(200) : null;
    return { id: job.id, claimId, outcome: "hook_done", retryInMs, countsAsAttempt: false };
  }
  // A handler may come to its end before it hears of a cancel; one that starts after it does not run at all.
  const ending = job.cancelRequested || (cancelled && random.chance(0.7)) ? stop(held) : come(random, held);
  const aborted = ending.outcome === "cancelled" || ending.outcome === "lost";
  const hasHook = job.name === "hooked" && (aborted || (ending.outcome === "errored" && ending.retryInMs === null));
  return hasHook ? { ...ending, hasHook } : ending;
}

const stop = (held: Held) => settleCancelled(held, new Error("cancelled"), 100);

function come(random: Random, held: Held): Settlement {
  const dice = random.next();
  if (dice < 0.5) return settleSuccess(held, undefined);
  if (dice < 0.6) return settleSuccess(held, { v: random.below(100) });
  if (dice < 0.75) return settleDeferral(held, { delayMs: random.below(2) * random.below(200), countsAsAttempt: random.chance(0.5) });
  if (dice < 0.77) return stop(held);
  if (dice < 0.8) return settleLost(held, new Error("its process died"), 100);
  const error = Object.assign(new Error("no"), random.chance(0.1) ? { retry: false } : {});
  const delayMs = random.chance(0.5) ? 0 : random.below(300);
  return settleError(held, error, { delayMs, interrupted: random.chance(0.5), maxBytes: 100 });
}
