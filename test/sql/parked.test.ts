/**
 * A backlog of jobs that no handler here knows stands in nobody's way for long.
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { TurnReply, Watermarks } from "../../src/store/turn.ts";
import { type TestDatabase, type TestServer, testServer } from "../support/database.ts";
import { connectExplaining, type ExplainedConnection } from "../support/explain.ts";
import { newId, newJob, newTurn } from "../support/samples.ts";

const UNKNOWN = 100_000;
const FILL = `
  insert into mayfly.job (id, partition, name)
  select i.id, mayfly.partition_of(i.id), 'unknown' from (select mayfly.uuid7() as id from generate_series(1, $1::int)) as i`;
const MAKE_READY = `
  insert into mayfly.ready (id, partition, queue, name, priority, retries, ready_at)
  select j.id, j.partition, j.queue, j.name, j.priority, j.retries, now() - interval '1 hour' + row_number() over (order by j.id) * interval '1 ms'
  from mayfly.job j where j.name = 'unknown'`;
const PARKED = "select count(*)::int as n from mayfly.scheduled where reason = 'parked'";

for (const version of [18, 15] as const) {
  describe(`Postgres ${version}`, () => {
    let server: TestServer;
    let database: TestDatabase;
    let explained: ExplainedConnection;
    const workerId = newId();
    let watermarks: Watermarks | null = null;
    before(async () => {
      server = await testServer(version);
      database = await server.database();
      explained = await connectExplaining(database.url);
    });
    after(async () => {
      await explained.end();
      await database.close();
      await server.stop();
    });

    async function turn(): Promise<TurnReply & { blocks: number }> {
      let reply: TurnReply | undefined;
      const blocks = await explained.blocks(async (store) => {
        reply = await store.turn(newTurn({ workerId, watermarks, slots: 5 }));
      });
      if (!reply) throw new Error("no reply");
      watermarks = reply.watermarks;
      return { ...reply, blocks };
    }
    const enqueueKnown = (count: number) => database.store.enqueue(Array.from({ length: count }, () => newJob()));
    const parked = async () => (await database.sql<{ n: number }>(PARKED))[0]?.n ?? 0;

    test("at the head they are parked thousands at a time, until the first known one is claimed", async (t) => {
      await enqueueKnown(15);
      for (let round = 0; round < 3; round++) await turn();
      await database.sql(FILL, [UNKNOWN]);
      await database.sql(MAKE_READY);
      await enqueueKnown(20);
      watermarks = null;
      let turns = 0;
      let most = 0;
      for (let claimed = 0; claimed === 0; turns++) {
        const { jobs, blocks } = await turn();
        claimed = jobs.length;
        most = Math.max(most, blocks);
      }
      t.diagnostic(`${turns} turns, each of up to ${most} blocks`);
      assert.ok(turns <= UNKNOWN / 4_000 + 1, `${turns} turns`);
      assert.equal(await parked(), UNKNOWN);
    });

    test("once they are parked, a claim reads what it would without them", async (t) => {
      await turn();
      const { jobs, blocks } = await turn();
      t.diagnostic(`${blocks} blocks`);
      assert.equal(jobs.length, 5);
      assert.ok(blocks < 200, `${blocks} blocks`);
    });

    test("when all fall due again, every turn claims known ones, and parks a thousand without making them ready", async (t) => {
      await database.sql("update mayfly.scheduled set run_at = now() - interval '1 second'");
      await database.sql("vacuum analyze mayfly.scheduled");
      await enqueueKnown(50);
      watermarks = null;
      for (let round = 0; round < 10; round++) {
        const { jobs, setAside, blocks } = await turn();
        assert.equal(jobs.length, 5);
        assert.equal(setAside, 1_000);
        if (round === 9) t.diagnostic(`${blocks} blocks`);
        assert.ok(blocks < 30 * 1_000, `${blocks} blocks`);
      }
      assert.deepEqual(await database.sql("select id from mayfly.ready where parked > 0"), []);
    });

    test("a worker that knows them finds them in their place once they fall due", async () => {
      await enqueueKnown(1);
      const [oldest] = await database.sql<{ id: string }>(
        "update mayfly.scheduled set run_at = now() - interval '1 hour' where id = (select id from mayfly.scheduled order by ready_at limit 1) returning id",
      );
      const { jobs } = await database.store.turn(newTurn({ names: ["work", "unknown"], slots: 1 }));
      assert.deepEqual(
        jobs.map(({ id }) => id),
        [oldest?.id],
      );
    });
  });
}
