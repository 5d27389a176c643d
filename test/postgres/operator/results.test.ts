/**
 * Lists of results: every filter, pages without gaps or repeats.
 * @module
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { systemClock } from "../../../src/app/system-clock.ts";
import type { JobAttempt } from "../../../src/job/jobs-client.ts";
import type { ResultsQuery } from "../../../src/operate/listing.ts";
import type { OperatorClient } from "../../../src/operate/operator-client.ts";
import { operatorStore } from "../../../src/postgres/operator/operator-store.ts";
import { allPages } from "../../support/all-pages.ts";
import { onEachPostgres, type SqlDatabase } from "../../support/each-postgres.ts";
import { idOfDaysAgo, writeFinished } from "../../support/finished.ts";
import { holdAll, newId, success } from "../../support/samples.ts";

function operatorOf({ driver }: SqlDatabase): OperatorClient {
  return operatorStore({ driver, clock: systemClock, heartbeatTimeoutMs: 90_000, retentionDays: 7 });
}

onEachPostgres((open) => {
  describe("results", () => {
    test("the latest first, through all of them, once; each filter finds its own", async () => {
      const database = await open();
      const operator = operatorOf(database);
      const shape: [string, string, JobAttempt["outcome"], string | null][] = [
        ["a", "q", "successful", null],
        ["a", "default", "errored", "k"],
        ["b", "default", "lost", "k"],
        ["b", "q", "cancelled", null],
        ["c", "default", "deferred", "l"],
        ["c", "q", "errored", null],
      ];
      const worker = newId();
      const ids = (
        await writeFinished(
          database.sql,
          shape.map(([name, queue, outcome, key], index) => ({
            name,
            queue,
            outcome,
            ...(key === null ? {} : { key }),
            ...(index === 0 ? { workerId: worker } : {}),
            ...(index === 3 ? { createdBy: "token shop" } : {}),
            ...(index === 2 ? { retryOf: newId() } : {}),
            ...(outcome === "errored" ? { error: { name: "TypeError", message: "x".repeat(1_000), stack: "at" } } : {}),
            retried: index !== 5,
            attempt: index === 4 ? 2 : 1,
            finishedDaysAgo: 5 - index,
          })),
        )
      ).reverse();
      const list = (query: ResultsQuery) => allPages((one: ResultsQuery) => operator.results(one), query);
      for (const limit of [1, 2, 50]) assert.deepEqual(await list({ limit }), ids);
      const pick = (...indexes: number[]) => indexes.map((index) => ids[5 - index]);
      for (const limit of [1, 50]) {
        assert.deepEqual(await list({ limit, outcome: "errored" }), pick(5, 1));
        assert.deepEqual(await list({ limit, outcome: "successful" }), pick(0));
        assert.deepEqual(await list({ limit, concurrencyKey: "k" }), pick(2, 1));
        assert.deepEqual(await list({ limit, concurrencyKey: "k", outcome: "lost" }), pick(2));
        assert.deepEqual(await list({ limit, name: "b" }), pick(3, 2));
        assert.deepEqual(await list({ limit, queue: "q", name: "c" }), pick(5));
        assert.deepEqual(await list({ limit, workerId: worker }), pick(0));
        assert.deepEqual(await list({ limit, final: true }), pick(5));
        assert.deepEqual(await list({ limit, isRetry: true }), pick(4, 2));
        assert.deepEqual(await list({ limit, createdBy: "token shop" }), pick(3));
      }
      const day = 86_400_000;
      const at = (days: number) => new Date(Date.now() - days * day).toISOString();
      assert.deepEqual(await list({ since: at(2.5) }), pick(5, 4, 3));
      assert.deepEqual(await list({ until: at(2.5), since: at(4.5) }), pick(2, 1));
      const { items } = await operator.results({ outcome: "errored", limit: 1 });
      assert.deepEqual(items[0]?.error, { name: "TypeError", message: "x".repeat(500) });
      assert.ok(!("startedAt" in (items[0] ?? {})));
    });

    test("attempts that finished at the same moment are told apart by id", async () => {
      const database = await open();
      const operator = operatorOf(database);
      const { ids, claimId, settle } = await holdAll(
        database,
        Array.from({ length: 7 }, () => ({})),
      );
      await settle(...ids.map((id) => success(id, claimId)));
      for (const limit of [1, 3])
        assert.deepEqual(await allPages((one: ResultsQuery) => operator.results(one), { limit }), [...ids].sort().reverse());
    });

    test("those of all partitions are one list, also attempts of one job that finished at the same moment", async () => {
      const database = await open();
      const { sql } = database;
      const ids = await Promise.all([0, 3, 6, 9].map((days) => idOfDaysAgo(sql, days)));
      ids.push(randomUUID());
      const twice = [...ids, ...ids];
      await writeFinished(
        sql,
        twice.map((id, index) => ({ id, attempt: index < ids.length ? 1 : 2 })),
      );
      const places = await sql("select distinct partition from mayfly.result");
      assert.ok(places.length > 2, "they lie in several partitions");
      const order = await sql<{ id: string; attempt: number }>(
        "select id, attempt from mayfly.result order by finished_at desc, id desc, claim_id desc",
      );
      for (const limit of [1, 3, 50]) {
        const listed: { id: string; attempt: number }[] = [];
        for (let cursor: string | undefined = ""; cursor !== undefined; ) {
          const page = await operatorOf(database).results({ limit, ...(cursor ? { cursor } : {}) });
          listed.push(...page.items.map(({ id, attempt }) => ({ id, attempt })));
          cursor = page.cursor;
        }
        assert.deepEqual(listed, order);
      }
    });
  });
});
