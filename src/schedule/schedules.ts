/**
 * Schedules in a tick: put this deployment's set in force, and fire what is due, each tick once.
 * @module
 */
import { MAX_TEXT } from "../base/bounds.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import { checkOne, type EnqueueLimits } from "../enqueue/check.ts";
import type { CheckedJob } from "../enqueue/checked-job.ts";
import { ask, decide } from "../enqueue/should-enqueue.ts";
import type { AnnouncedSchedule, Fire, Store } from "../store/store.ts";
import type { DueSchedule, ScheduleSet, TickReply } from "../store/tick.ts";
import { dueTicks, firstTick } from "./due-ticks.ts";
import type { ScheduleEntry } from "./schedule.ts";
import { tickPayload } from "./tick-payload.ts";

/** The schedules of a deployment. */
export interface Schedules {
  readonly set: ScheduleSet;
  readonly entries: readonly ScheduleEntry[];
  readonly limits: EnqueueLimits;
}

export interface ScheduleReport {
  /** Jobs that were enqueued. */
  readonly enqueued: number;
  /** Milliseconds from the check until the next schedule is due; null: none is. */
  readonly nextFireMs: number | null;
}

/** A schedule that was held up is tried again after so long, in milliseconds. */
export const AGAIN_MS = 5_000;

/** What keeping schedules takes. */
interface Keeper {
  readonly store: Store;
  readonly clock: Clock;
  /** Makes ids that are ordered by time. */
  readonly newId: () => string;
  readonly logger: Logger;
}

/** Does what a look says of the schedules. No round trip where nothing is due. */
export async function keepSchedules(keeper: Keeper, schedules: Schedules, seen: TickReply): Promise<ScheduleReport> {
  if (seen.setState === "unknown") return await announce(keeper, schedules, seen.nowMs);
  if (seen.setState !== "current" || seen.due.length === 0) return { enqueued: 0, nextFireMs: seen.nextFireMs };
  return await fire(keeper, schedules, seen);
}

async function announce({ store, logger }: Keeper, { set, entries }: Schedules, nowMs: number): Promise<ScheduleReport> {
  const first = entries.map((entry) => ({ entry, ...firstTick(entry, new Date(nowMs)) }));
  for (const { entry, problem } of first) if (problem) logger.error("schedule left out", { schedule: entry.name, problem });
  const listed = first.map(
    ({ entry, next }): AnnouncedSchedule => ({ name: entry.name, nextAt: next?.toISOString() ?? null, definition: describe(entry) }),
  );
  const state = await store.announceSchedules(set, listed);
  logger.info("schedules announced", { ...set, state, schedules: entries.map(({ name }) => name) });
  // A schedule that has not changed may be due: another call of `tick` says which.
  return { enqueued: 0, nextFireMs: state === "current" && entries.length > 0 ? 0 : null };
}

function describe({ when, timezone, timing, withinMs, definition, missed, overlap, command }: ScheduleEntry) {
  const grid = withinMs === undefined ? {} : { withinMs };
  return { when, timezone: timezone ?? null, timing, ...grid, job: definition.name, missed, overlap, command: command !== undefined };
}

/** One that is to be fired, with the jobs that are to go in. */
interface Firing {
  readonly fire: Fire;
  readonly checked: readonly CheckedJob[];
}

async function fire(keeper: Keeper, schedules: Schedules, { due, nowMs, nextFireMs }: TickReply): Promise<ScheduleReport> {
  const { store, logger } = keeper;
  const prepared = await Promise.all(due.map((one) => prepare(keeper, schedules, one, new Date(nowMs))));
  const firings = new Map(prepared.filter((one) => one !== undefined).map((one) => [one.fire.name, one]));
  if (firings.size === 0) return { enqueued: 0, nextFireMs };
  const fires = [...firings.values()].map((firing) => firing.fire);
  const fired = await store.fireSchedules(schedules.set.application, fires);
  let enqueued = 0;
  const overtaken: CheckedJob[] = [];
  const heldUp = new Set<string>();
  for (const { name, outcomes } of fired) {
    if (outcomes.includes("busy")) {
      heldUp.add(name);
      logger.warn("schedule held up: another transaction holds it, or what its jobs need", { schedule: name, againInMs: AGAIN_MS });
      continue;
    }
    logger.info("schedule fired", { schedule: name, outcomes });
    enqueued += outcomes.filter((outcome) => outcome === "enqueued").length;
    overtaken.push(...(firings.get(name)?.checked ?? []).filter((_, index) => outcomes[index] === "conflict"));
  }
  // Their counts have grown since their shouldEnqueue was asked.
  if (overtaken.length > 0) enqueued += (await decide(store, overtaken)).filter(({ outcome }) => outcome === "enqueued").length;
  const waits = fires.flatMap(({ name, nextAt }) => (heldUp.has(name) ? [AGAIN_MS] : nextAt === null ? [] : [Date.parse(nextAt) - nowMs]));
  const times = nextFireMs === null ? waits : [nextFireMs, ...waits];
  return { enqueued, nextFireMs: times.length === 0 ? null : Math.min(...times) };
}

/** A schedule that fails is logged, and left as it is; the others go on. */
async function prepare(keeper: Keeper, schedules: Schedules, due: DueSchedule, now: Date): Promise<Firing | undefined> {
  const entry = schedules.entries.find(({ name }) => name === due.name);
  if (!entry) return undefined;
  try {
    const state = { nextAt: new Date(due.nextAt), resumedAt: due.resumedAt === null ? null : new Date(due.resumedAt), now };
    const { ticks, next, problem } = dueTicks(entry, state);
    if (problem) throw new Error(problem);
    const overlap = entry.overlap === "allow";
    const wanted = await Promise.all((overlap ? ticks : ticks.slice(-1)).map((tick) => makeJob(keeper, schedules, entry, tick)));
    const { asked } = await ask(keeper.store, wanted);
    const fire = {
      name: due.name,
      fireCount: due.fireCount,
      nextAt: next?.toISOString() ?? null,
      overlap,
      jobs: asked.map(({ job }) => job),
    };
    return { fire, checked: asked.map(({ checked }) => checked) };
  } catch (error) {
    keeper.logger.error("schedule failed", { schedule: due.name, error });
    return undefined;
  }
}

async function makeJob({ clock, newId }: Keeper, { limits }: Schedules, entry: ScheduleEntry, tick: Date): Promise<CheckedJob> {
  const made = tickPayload(entry, tick);
  if (!made.ok) throw new Error(made.problem);
  const createdBy = `schedule ${entry.name}`.slice(0, MAX_TEXT);
  const options = { ...entry.options, delay: tick, createdBy, ...(entry.source === undefined ? {} : { source: entry.source }) };
  return await checkOne({ definition: entry.definition, payload: made.payload, options }, limits, { newId, clock });
}
