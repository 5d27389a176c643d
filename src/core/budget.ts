/**
 * How long an invocation may go on. After its soft end it claims nothing more; by its hard end it must be gone.
 * @module
 */
import type { Clock } from "./clock.ts";

export interface BudgetOptions {
  /** From now to the soft end, in milliseconds. */
  readonly claimForMs: number;
  /** From now to the platform's own end, in milliseconds. */
  readonly hardEndMs: number;
  /** Kept of that for the last turn, in milliseconds. */
  readonly marginMs: number;
}

export interface Budget {
  /** Milliseconds since the epoch; the margin is already taken off. */
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
