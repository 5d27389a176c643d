/**
 * Rules that are about several jobs: keys, limits, and the ticks of schedules.
 * @module
 */
import type { NewJob } from "../../store/new-job.ts";
import type { Event } from "./history.ts";
import type { Record } from "./record.ts";

/** Live jobs of a name and key, and those of them that run. */
interface Group {
  readonly live: Set<string>;
  readonly running: Set<string>;
}

/** At no moment more jobs live, or run, under a key than may. */
export function checkKeys(events: readonly Event[], { asked }: Record): string[] {
  const found: string[] = [];
  const groups = new Map<string, Group>();
  for (const { kind, place, row } of events) {
    if (kind === "R" || row.held_key === null || row.held_key === undefined) continue;
    const name = `${row.name} ${JSON.stringify(row.held_key)}`;
    const group = groups.get(name) ?? { live: new Set(), running: new Set() };
    groups.set(name, group);
    if (kind === "D") {
      group.live.delete(row.id);
      group.running.delete(row.id);
      continue;
    }
    const isNew = !group.live.has(row.id);
    group.live.add(row.id);
    if (place === "running") group.running.add(row.id);
    const most = mostLive(asked.get(row.id));
    if (isNew && group.live.size > most) found.push(`${name}: ${group.live.size} jobs live under a key that ${most} may hold`);
    const limit = row.running_limit ?? Number.POSITIVE_INFINITY;
    if (group.running.size > limit) found.push(`${name}: ${group.running.size} jobs run, at most ${limit} may`);
  }
  return found;
}

function mostLive(job: NewJob | undefined): number {
  if (!job) return Number.POSITIVE_INFINITY;
  if (job.limit !== null) return job.limit;
  return job.key !== null && job.runningLimit === null && job.expect === null ? 1 : Number.POSITIVE_INFINITY;
}

/** Each tick has one job, and where none may be missed, none is. */
export function checkTicks(begun: ReadonlySet<string>, { ticks, schedules }: Record): string[] {
  const found: string[] = [];
  const fired = new Map<string, Set<number>>();
  for (const [id, { schedule, at }] of ticks) {
    if (!begun.has(id)) continue;
    const seen = fired.get(schedule) ?? new Set();
    if (seen.has(at)) found.push(`schedule ${schedule}: the tick of ${new Date(at).toISOString()} has two jobs`);
    fired.set(schedule, seen.add(at));
  }
  for (const [name, times] of fired) {
    const entry = schedules.get(name);
    if (entry?.missed !== "all" || entry.overlap !== "allow") continue;
    const last = Math.max(...times);
    for (let tick = entry.schedule.next(new Date(Math.min(...times))); tick && tick.getTime() < last; tick = entry.schedule.next(tick))
      if (!times.has(tick.getTime())) found.push(`schedule ${name}: the tick of ${tick.toISOString()} has no job`);
  }
  return found;
}
