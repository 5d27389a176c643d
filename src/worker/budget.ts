/**
 * How long a worker may go on. After its soft end it claims nothing more; by its hard end it must be gone.
 * @module
 */
import type { Clock } from "../base/clock.ts";

export interface BudgetOptions {
  /** From now to the soft end, in milliseconds. */
  readonly claimForMs: number;
  /** From now to the platform's own end, in milliseconds. */
  readonly hardEndMs: number;
  /** Kept of that for the last turn, in milliseconds. */
  readonly marginMs: number;
}

export interface Budget {
  /** Milliseconds since the epoch, Infinity where there is none; the margin is already taken off. */
  readonly hardEnd: number;
  /** Before the soft end. */
  mayClaim(): boolean;
  /** Milliseconds to the soft end; 0 once it has passed. */
  claimMs(): number;
  /** Milliseconds to the hard end; 0 once it has passed. */
  remainingMs(): number;
  /** Whether a job that takes this long, started now, ends before the hard end. */
  fits(timeoutMs: number): boolean;
}

/** A budget that starts now. */
export function createBudget(clock: Pick<Clock, "now">, { claimForMs, hardEndMs, marginMs }: BudgetOptions): Budget {
  const startedAt = clock.now();
  const hardEnd = startedAt + hardEndMs - marginMs;
  const softEnd = Math.min(startedAt + claimForMs, hardEnd);
  return {
    hardEnd,
    mayClaim: () => clock.now() < softEnd,
    claimMs: () => Math.max(0, softEnd - clock.now()),
    remainingMs: () => Math.max(0, hardEnd - clock.now()),
    fits: (timeoutMs) => clock.now() + timeoutMs <= hardEnd,
  };
}

/** The budget of a process that lives until it is told to end. */
export interface OpenBudget extends Budget {
  /** Ends it: nothing more is claimed, and the hard end is so many milliseconds from now. Only the first time counts. */
  endIn(ms: number): void;
}

/** A budget without an end, until it is given one. */
export function openBudget(clock: Pick<Clock, "now">): OpenBudget {
  let hardEnd = Number.POSITIVE_INFINITY;
  const isOpen = () => hardEnd === Number.POSITIVE_INFINITY;
  const remainingMs = () => Math.max(0, hardEnd - clock.now());
  return {
    get hardEnd() {
      return hardEnd;
    },
    mayClaim: isOpen,
    claimMs: () => (isOpen() ? Number.POSITIVE_INFINITY : 0),
    remainingMs,
    fits: (timeoutMs) => timeoutMs <= remainingMs(),
    endIn(ms) {
      if (isOpen()) hardEnd = clock.now() + ms;
    },
  };
}
