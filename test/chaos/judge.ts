/**
 * What must hold once the chaos is over, and what is counted of it.
 * @module
 */
import type { TestDatabase } from "../support/database.ts";
import type { Producer } from "./producer.ts";
import type { World } from "./world.ts";

/** What is counted, by what it is. */
export type Counts = Readonly<Record<string, number>>;

interface Attempt {
  readonly id: string;
  readonly claimId: string;
  readonly name: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly last: boolean;
}

const ATTEMPTS = `
  select r.id, r.claim_id as "claimId", r.name, r.attempt::int as attempt, r.outcome::text as outcome,
    row_number() over (partition by r.id order by r.finished_at desc, r.attempt desc) = 1 as last
  from mayfly.result r
  order by r.finished_at, r.attempt`;

/** Everything that is not as it must be, and the figures. */
export async function judge(
  { calm, sink }: Pick<World, "calm" | "sink">,
  { told, children }: Pick<Producer, "told" | "children">,
): Promise<{ wrong: string[]; counts: Counts }> {
  const attempts = await calm.sql<Attempt>(ATTEMPTS);
  const wrong: string[] = [];
  const expect = (what: string, found: readonly string[]) => {
    if (found.length > 0) wrong.push(`${what}: ${found.length}, such as ${found[0]}`);
    return found.length;
  };
  const numbers = new Map<string, number>();
  const results = new Set(attempts.map(({ id, claimId }) => `${id}|${claimId}`));
  const [successes, ends] = [new Map<string, number>(), new Map<string, Attempt>()];
  for (const one of attempts) {
    // A lost attempt of an idempotent job does not count: the next one has its number.
    if (one.name !== "free") numbers.set(`${one.id}, attempt ${one.attempt}`, (numbers.get(`${one.id}, attempt ${one.attempt}`) ?? 0) + 1);
    if (one.outcome === "successful") successes.set(one.id, (successes.get(one.id) ?? 0) + 1);
    if (one.last) ends.set(one.id, one);
  }
  const wentIn = [...told].filter(([, outcome]) => outcome === "enqueued" || outcome === "duplicate").map(([id]) => id);
  const live = (await calm.sql<{ id: string }>("select id from mayfly.live")).map(({ id }) => id);

  expect("live jobs left", live);
  const lost = expect(
    "jobs lost",
    wentIn.filter((id) => !ends.has(id)),
  );
  expect(
    "jobs that were refused, and ran",
    [...told.keys()].filter((id) => !new Set(wentIn).has(id) && ends.has(id)),
  );
  const twice = expect(
    "jobs that succeeded twice",
    [...successes].filter(([, times]) => times > 1).map(([id]) => id),
  );
  expect(
    "attempts with two results",
    [...numbers].filter(([, times]) => times > 1).map(([attempt]) => attempt),
  );
  expect(
    "jobs that went on after a success",
    [...successes.keys()].filter((id) => ends.get(id)?.outcome !== "successful"),
  );
  expect(
    "attempts that started twice",
    [...sink.started].filter(([, times]) => times > 1).map(([key]) => key),
  );
  const without = expect(
    "side effects without a result",
    [...sink.started.keys()].filter((key) => !results.has(key)),
  );
  expect(
    "successes without their side effect",
    attempts
      .filter(({ id, claimId, outcome, name }) => outcome === "successful" && isSeen(name) && !sink.ended.has(`${id}|${claimId}`))
      .map(nameOf),
  );
  expect("jobs that gave up too early", [...ends.values()].filter(gaveUpEarly).map(nameOf));
  expect("attempts beyond the retries", attempts.filter(({ name, attempt }) => attempt > 1 + retriesOf(name)).map(nameOf));
  expect(
    "chained jobs that are missing",
    [...children].filter(([id, child]) => successes.has(id) && !ends.has(child)).map(([id]) => id),
  );
  expect(
    "losses without their hook",
    attempts.filter(({ id, name, outcome }) => name === "hooked" && outcome === "lost" && !sink.hooked.has(id)).map(nameOf),
  );
  expect(
    "rows without a result",
    (await rowsWithout(calm, true)).map(({ id }) => id),
  );
  expect(
    "successes without their row",
    (await rowsWithout(calm, false)).map(({ id }) => id),
  );

  return {
    wrong,
    counts: {
      jobs: ends.size,
      attempts: attempts.length,
      successful: attempts.filter(({ outcome }) => outcome === "successful").length,
      errored: attempts.filter(({ outcome }) => outcome === "errored").length,
      "lost attempts": attempts.filter(({ outcome }) => outcome === "lost").length,
      "started attempts": sink.started.size,
      "hooks called": sink.hooked.size,
      "jobs lost": lost,
      "accepted twice": twice,
      "side effects without a result": without,
    },
  };
}

/** Jobs whose handlers tell the sink. */
const isSeen = (name: string) => name !== "";
const nameOf = ({ id, name, attempt, outcome }: Attempt) => `${name} ${id}, attempt ${attempt} ${outcome}`;
const retriesOf = (name: string) => (name === "final" || name === "free" ? 0 : 3);
/** Lost attempts of an idempotent job do not count, up to five in a row. */
const gaveUpEarly = ({ name, attempt, outcome }: Attempt) =>
  outcome !== "successful" && (name === "free" ? outcome === "lost" && attempt < 1 : attempt < 1 + retriesOf(name));

function rowsWithout({ sql }: TestDatabase, row: boolean): Promise<{ id: string }[]> {
  return row
    ? sql("select o.id from chaos.row o where not exists (select from mayfly.result r where r.id = o.id and r.claim_id = o.claim_id)")
    : sql(
        "select r.id from mayfly.result r where r.name = 'row' and r.outcome = 'successful' and not exists (select from chaos.row o where o.id = r.id)",
      );
}

/** What must hold at every moment, asked of one snapshot. */
export async function lookNow({ sql }: TestDatabase): Promise<string[]> {
  const found = await sql<{ what: string }>(`
    select 'a key held by two: ' || l.held_key as what from mayfly.live l where l.name = 'keyed' and l.held_key is not null
      group by l.held_key having count(*) > 1
    union all
    select 'more than two run at once: ' || l.held_key from mayfly.live l where l.name = 'limited' and l.state = 'running'
      group by l.held_key having count(*) > 2
    union all
    select 'a job in two places: ' || l.id from mayfly.live l group by l.id having count(*) > 1`);
  return found.map(({ what }) => what);
}
