/**
 * Database roles: what a kind was not granted it may not do.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { grantRole, parseRoleGrant, type RoleKind } from "../../src/postgres/roles.ts";
import * as statements from "../../src/postgres/sql/statements.ts";
import { isMayflyError } from "../../src/producer.ts";
import type { TestDatabase } from "../support/database.ts";
import { onEachServer } from "../support/each-postgres.ts";
import { as, refusals } from "../support/roles.ts";

const PRODUCER = ["enqueue_group_v1", "enqueue_once_v1", "enqueue_one_v1", "enqueue_v1", "live_count"];
const WORKER = ["announce_schedules_v1", "cancel_v1", "fire_v1", "maintain_v1", "producer_jobs_v1", "retry_v1", "tick_v1", "turn_v1"];
const OPERATOR = ["cancel_v1", "clear_past", "notify_ready", "producer_jobs_v1", "purge_v1", "retry_v1"];
/** Functions that write, beside those that only read, which who may read may call. */
const WRITES: Readonly<Record<RoleKind | "nothing", readonly string[]>> = {
  nothing: [],
  producer: PRODUCER,
  worker: [...PRODUCER, ...WORKER],
  viewer: [],
  operator: [...PRODUCER, ...OPERATOR],
};
/** What may be done to tables besides, as `table: verb`. Of the viewer's: all that are read but two. */
const UNSEEN = ["idempotency_key", "sign_in", "signed_out"];
const WORKER_READS = ["cancel", "held_key", "job", "live", "migration", "result"];
const OPERATOR_WRITES = [
  "queue: insert",
  "queue: update",
  "sign_in: delete",
  "sign_in: insert",
  "sign_in: select",
  "sign_in: update",
  "signed_out: delete",
  "signed_out: insert",
  "signed_out: select",
];

/** Of all functions, those that it may call: each is called, unless it is one of these. */
async function callable(owner: TestDatabase, role: TestDatabase, granted: readonly string[]): Promise<string[]> {
  const functions = await owner.sql<{ name: string; call: string; reads: boolean }>(
    `select p.proname as name, p.provolatile <> 'v' as reads, format('select %s(%s)', p.oid::regproc, (
       select string_agg('null::' || format_type(t.type, null), ', ' order by t.nth)
       from unnest(p.proargtypes) with ordinality as t(type, nth)
     )) as call
     from pg_proc p where p.pronamespace = 'mayfly'::regnamespace order by p.proname`,
  );
  assert.ok(functions.length > 80);
  const refused = await refusals(
    role,
    functions.map(({ call }) => call),
  );
  const found = functions.filter(({ call }) => !refused.has(call)).map(({ name }) => name);
  const reads = functions.filter((one) => one.reads).map(({ name }) => name);
  const sees = found.includes("far");
  for (const name of granted) assert.ok(found.includes(name));
  return found.filter((name) => !(sees && reads.includes(name) && !granted.includes(name)));
}

/** What it may do to which tables: everything is tried. */
async function touchable(owner: TestDatabase, role: TestDatabase): Promise<string[]> {
  const tables = await owner.sql<{ name: string; view: boolean; column: string }>(
    `select c.relname as name, c.relkind = 'v' as view,
       (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and a.attgenerated = '' and a.attidentity = ''
        order by a.attnum limit 1) as column
     from pg_class c where c.relnamespace = 'mayfly'::regnamespace and c.relkind in ('r', 'p', 'v') order by c.relname`,
  );
  const tried: [what: string, text: string][] = [];
  for (const { name, view, column } of tables) {
    const verbs = {
      select: `select * from mayfly.${name} limit 0`,
      ...(view
        ? {}
        : {
            delete: `delete from mayfly.${name}`,
            insert: `insert into mayfly.${name} (${column}) values (null)`,
            lock: `lock table mayfly.${name} in access exclusive mode`,
            truncate: `truncate mayfly.${name}`,
            trigger: `create trigger t before insert on mayfly.${name} execute function suppress_redundant_updates_trigger()`,
            update: `update mayfly.${name} set ${column} = ${column}`,
            drop: `drop table mayfly.${name}`,
          }),
    };
    for (const [verb, text] of Object.entries(verbs)) tried.push([`${name}: ${verb}`, text]);
  }
  const refused = await refusals(
    role,
    tried.map(([, text]) => text),
  );
  return tried
    .filter(([, text]) => !refused.has(text))
    .map(([what]) => what)
    .sort();
}

onEachServer((open) => {
  describe("what a role may not do", () => {
    for (const kind of ["nothing", "producer", "worker", "viewer", "operator"] as const) {
      test(`${kind}: every function and every table is tried`, async () => {
        const owner = await open();
        await as(owner, kind, async (role) => {
          assert.deepEqual(await callable(owner, role, WRITES[kind]), [...WRITES[kind]].sort());
          const touched = await touchable(owner, role);
          const seen = touched.filter((one) => one.endsWith(": select")).map((one) => one.split(":")[0]);
          if (kind === "viewer") for (const name of UNSEEN) assert.ok(!seen.includes(name));
          if (kind === "worker") assert.deepEqual(seen, WORKER_READS);
          if (kind === "producer" || kind === "nothing") assert.deepEqual(touched, []);
          if (kind !== "operator")
            assert.deepEqual(
              touched.filter((one) => !one.endsWith(": select")),
              [],
            );
          // Who may insert, update or delete may lock.
          const writes = touched.filter((one) => !one.endsWith(": select") || one.startsWith("sign"));
          if (kind === "operator")
            assert.deepEqual(
              writes.filter((one) => !one.endsWith(": lock")),
              OPERATOR_WRITES,
            );
          const made = ["create table mayfly.x (a int)", "create function mayfly.x() returns int language sql return 1"];
          assert.deepEqual([...(await refusals(role, made))], made);
        });
      });
    }

    test("nothing of a session's own takes the place of what a function calls", async () => {
      const owner = await open();
      await as(owner, "worker", async (role) => {
        const client = await role.pool.connect();
        await client.query("create function pg_temp.now() returns timestamptz language plpgsql as $$ begin raise 'taken'; end $$");
        await client.query(
          "create function pg_temp.clock_timestamp() returns timestamptz language plpgsql as $$ begin raise 'taken'; end $$",
        );
        await client.query("set search_path = pg_temp, public, pg_catalog");
        await client.query(`select * from mayfly.enqueue_v1('[{"name": "a"}]')`);
        await client.query("select * from mayfly.tick_v1(1000, 10, '{default}', '{}')");
        await client.query("select * from mayfly.maintain_v1(7, 10)");
        client.release(true);
      });
    });

    test("a neighbour has no lock to take: none of ours is a number that any login may lock", async () => {
      const owner = await open();
      assert.deepEqual(
        await owner.sql("select proname from pg_proc where pronamespace = 'mayfly'::regnamespace and prosrc ~* 'advisory_'"),
        [],
      );
      assert.deepEqual(
        Object.values(statements).filter((text) => /advisory_/i.test(text)),
        [],
      );
    });

    test("only roles that exist are granted anything, and never everybody", async () => {
      const { driver } = await open();
      for (const role of ["public", "PUBLIC", "none", "current_user", "no_such_role"])
        await assert.rejects(grantRole(driver, { kind: "worker", role }));
      for (const text of ["worker", "worker=", "owner=x", "=x"])
        assert.throws(
          () => parseRoleGrant(text),
          (error) => isMayflyError(error, "invalid_options"),
        );
    });
  });
});
