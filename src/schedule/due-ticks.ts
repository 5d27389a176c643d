/**
 * Which ticks of a schedule are to be fired, and when it is due again.
 * @module
 */
import type { Schedule, ScheduleEntry } from "./schedule.ts";

/** What the database knows of a schedule. */
export interface ScheduleState {
  /** The tick it waits for; it has come. */
  readonly nextAt: Date;
  /** Ticks up to here fell into a pause; null: it never had one. */
  readonly resumedAt: Date | null;
  /** By the database's clock. */
  readonly now: Date;
}

export interface DueTicks {
  /** Oldest first. */
  readonly ticks: readonly Date[];
  /** Later than now; null: never again. */
  readonly next: Date | null;
  /** The schedule failed. Nothing is to be fired, and what the database knows of it to be left as it is. */
  readonly problem?: string;
}

/** As many missed ticks are made up for, at most. */
const MOST_TICKS = 100;
/** A tick older than this was missed. */
const MISSED_MS = 120_000;

/** What to fire of a schedule that is due. Never throws: a schedule that fails is a problem of its own. */
export function dueTicks({ schedule, missed }: Pick<ScheduleEntry, "schedule" | "missed">, state: ScheduleState): DueTicks {
  try {
    const now = state.now;
    const first = state.resumedAt && state.nextAt <= state.resumedAt ? after(schedule, state.resumedAt) : state.nextAt;
    const next = after(schedule, now);
    if (!first || first > now) return { ticks: [], next };
    const ticks = latestTicks(schedule, first, now, missed === "all" ? MOST_TICKS : 1);
    const dropped = missed === "skip" && now.getTime() - (ticks.at(-1) ?? first).getTime() > MISSED_MS;
    return { ticks: dropped ? [] : ticks, next };
  } catch (error) {
    return { ticks: [], next: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** When a schedule that has just come to be is first due. Never throws. */
export function firstTick({ schedule }: Pick<ScheduleEntry, "schedule">, now: Date): Pick<DueTicks, "next" | "problem"> {
  try {
    return { next: after(schedule, now) };
  } catch (error) {
    return { next: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The latest ticks from `first` to `now`, at most `most`. A few are found walking forward. Of many, only the end is
 * looked at: how far back to begin is found by doubling and halving, so that a month of seconds takes no longer than a minute.
 */
function latestTicks(schedule: Schedule, first: Date, now: Date, most: number): readonly Date[] {
  let { ticks, whole } = walk(schedule, first, now, most);
  if (whole) return ticks;
  // Milliseconds back from now that hold too few ticks, and too many.
  let few = 0;
  let many = now.getTime() - first.getTime();
  while (many - few > 1) {
    const span = Math.max(few + 1, Math.min(2 * few, Math.floor((few + many) / 2)));
    const found = walk(schedule, after(schedule, new Date(now.getTime() - span)), now, 4 * most);
    if (!found.whole) {
      many = span;
      continue;
    }
    ticks = found.ticks;
    if (ticks.length >= most) break;
    few = span;
  }
  return ticks.slice(-most);
}

/** Ticks from `first` to `now`. `whole`: these are all; else there are more than `steps`. */
function walk(
  schedule: Schedule,
  first: Date | null,
  now: Date,
  steps: number,
): { readonly ticks: readonly Date[]; readonly whole: boolean } {
  const ticks: Date[] = [];
  let tick = first;
  while (tick && tick <= now && ticks.length < steps) {
    ticks.push(tick);
    tick = after(schedule, tick);
  }
  return { ticks, whole: !tick || tick > now };
}

/** Asks the schedule, and does not believe everything. */
function after(schedule: Schedule, instant: Date): Date | null {
  let next: unknown;
  try {
    next = schedule.next(new Date(instant));
  } catch (error) {
    throw new Error(`next(${instant.toISOString()}) threw: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (next === null) return null;
  if (next instanceof Date && next.getTime() > instant.getTime()) return new Date(next);
  const answer = next instanceof Date && !Number.isNaN(next.getTime()) ? next.toISOString() : String(next);
  throw new Error(`next(${instant.toISOString()}) gave ${answer}, which is not a later date`);
}
