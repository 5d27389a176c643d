/**
 * Moves what has just finished into the past, so that charts and long lists have something to show.
 * @module
 */
import type { TestDatabase } from "./database.ts";

/** Shifts each job's results, all its attempts together, back by so many milliseconds, and counts again. */
export async function moveIntoThePast({ sql }: TestDatabase, backMs: (job: { readonly name: string; readonly nth: number }) => number) {
  const jobs = await sql<{ id: string; name: string }>("select id, min(name) as name from mayfly.result group by id order by id");
  const shifts = jobs.map(({ name }, nth) => Math.round(backMs({ name, nth })));
  await sql(
    `update mayfly.result r
     set run_at = r.run_at - s.back, created_at = r.created_at - s.back, started_at = r.started_at - s.back, finished_at = r.finished_at - s.back,
       retry_at = r.retry_at - s.back
     from (select m.id, m.ms * interval '1 millisecond' as back from unnest($1::uuid[], $2::bigint[]) as m(id, ms)) as s
     where r.id = s.id`,
    [jobs.map(({ id }) => id), shifts],
  );
  await sql("delete from mayfly.tally");
  await sql(
    `insert into mayfly.tally (span, at, queue, outcome, waited, ran, attempts, retries)
     select 'minute', date_trunc('minute', r.finished_at) as at, r.queue, r.outcome, mayfly.duration_step(r.run_at, r.started_at) as waited,
       mayfly.duration_step(r.started_at, r.finished_at) as ran, count(*),
       count(*) filter (where r.attempt > 1)
     from mayfly.result r group by 2, 3, 4, 5, 6`,
  );
}
