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
    `with shift as (select m.id, m.ms * interval '1 millisecond' as back from unnest($1::uuid[], $2::bigint[]) as m(id, ms)), asked as (
       update mayfly.job j set created_at = j.created_at - s.back from shift s where j.partition = mayfly.partition_of(s.id) and j.id = s.id
     )
     update mayfly.result r
     set ready_at = r.ready_at - s.back, started_at = r.started_at - s.back, finished_at = r.finished_at - s.back, retry_at = r.retry_at - s.back
     from shift s where r.id = s.id`,
    [jobs.map(({ id }) => id), shifts],
  );
  await sql("delete from mayfly.attempt_counts");
  await sql(
    `insert into mayfly.attempt_counts (span, at, queue, outcome, waited, ran, attempts, retries)
     select 'minute', date_trunc('minute', r.finished_at) as at, r.queue, r.outcome, mayfly.duration_bucket(r.ready_at, r.started_at) as waited,
       mayfly.duration_bucket(r.started_at, r.finished_at) as ran, count(*),
       count(*) filter (where r.attempt > 1)
     from mayfly.result r group by 2, 3, 4, 5, 6`,
  );
}
