/**
 * `database: (env) => env.DATABASE_URL`, with whatever Postgres it names.
 * @module
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, mock, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { createMayfly, defineJob, isMayflyError } from "../../../src/index.ts";
import { useDatabase } from "../../support/database.ts";
import { freePort } from "../../support/free-port.ts";
import { bundledFor } from "../../support/program-bundle.ts";

const root = join(import.meta.dirname, "../../..");
const work = defineJob("work");

interface Env {
  readonly DATABASE_URL: string;
}

const mayfly = createMayfly<Env>({ jobs: [work], database: (env) => env.DATABASE_URL });

afterEach(() => mock.restoreAll());

describe("where the runtime has TCP", () => {
  const database = useDatabase();

  test("a job goes into any Postgres, and nothing is sent over HTTP", async () => {
    const fetched = mock.method(globalThis, "fetch");
    const { outcome } = await mayfly.connect({ DATABASE_URL: database.url }).enqueue(work, {});
    assert.equal(outcome, "enqueued");
    assert.deepEqual(await database.sql("select name from mayfly.job"), [{ name: "work" }]);
    assert.equal(fetched.mock.callCount(), 0);
  });

  test("clients of one database share their connections, however many there are", async () => {
    await database.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mayfly' and datname = current_database()",
    );
    for (let n = 0; n < 30; n++) await mayfly.connect({ DATABASE_URL: database.url }).enqueue(work, {});
    const open = "select count(*)::int as n from pg_stat_activity where application_name = 'mayfly' and datname = current_database()";
    assert.deepEqual(await database.sql(open), [{ n: 1 }]);
  });

  test("a script ends by itself after its enqueue, without closing anything", async () => {
    const script = `
      import { createMayfly, defineJob } from "mayfly";
      const work = defineJob("work");
      const mayfly = createMayfly({ jobs: [work], database: () => process.env.DATABASE_URL });
      console.log((await mayfly.connect({}).enqueue(work, {})).outcome);
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: root,
      env: { ...process.env, DATABASE_URL: database.url },
    });
    assert.equal(stdout.trim(), "enqueued");
  });

  test("a database that is not there is told as one that cannot be reached", async () => {
    const jobs = mayfly.connect({ DATABASE_URL: `postgresql://app:hunter2@127.0.0.1:${await freePort()}/shop` });
    await assert.rejects(
      jobs.get("01890000-0000-7000-8000-000000000001"),
      (error) => isMayflyError(error, "database_unreachable") && !/hunter2/.test(error.message),
    );
  });
});

test("an empty connection string is told as one that is not set", () => {
  assert.throws(
    () => mayfly.connect({ DATABASE_URL: "" }),
    (error) => isMayflyError(error, "invalid_config") && /Is DATABASE_URL set/.test(error.message),
  );
});

test("what is no connection string is refused before anything is opened, and not shown", () => {
  for (const url of [
    "secret",
    "mysql://u:secret@db.example/shop",
    "https://u:secret@db.example/shop",
    "postgresql://u:pa@secret/word@db.example/shop",
    "postgresql://u:secret#@db.example/shop",
  ]) {
    assert.throws(
      () => mayfly.connect({ DATABASE_URL: url }),
      (error) =>
        isMayflyError(error, "invalid_config") && /does not have the form postgresql:/.test(error.message) && !/secret/.test(error.message),
      url,
    );
  }
});

describe("a bundle", () => {
  const database = useDatabase();
  const folder = mkdtempSync(join(tmpdir(), "mayfly-bundle-"));
  after(() => rmSync(folder, { recursive: true }));

  /** The bundle, and its function, in a folder where these packages are. */
  async function built(
    name: string,
    conditions: string[],
    packages: readonly string[],
    url = "postgresql://app:hunter2@db.example:5432/shop",
  ) {
    const { text, files } = await bundledFor(
      conditions,
      'import { createMayfly, defineJob } from "mayfly";',
      'const work = defineJob("work");',
      `const mayfly = createMayfly({ jobs: [work], database: () => ${JSON.stringify(url)} });`,
      "export const enqueue = async () => await mayfly.connect({}).enqueue(work, {});",
    );
    for (const one of packages) {
      mkdirSync(join(folder, name, "node_modules"), { recursive: true });
      symlinkSync(join(root, "node_modules", one), join(folder, name, "node_modules", one));
    }
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "program.mjs"), text);
    const { enqueue } = await import(pathToFileURL(join(folder, name, "program.mjs")).href);
    return { files, enqueue: enqueue as () => Promise<{ outcome: string }> };
  }

  const matching = (files: readonly string[], pattern: RegExp) => files.filter((file) => pattern.test(file));

  test("holds no client of Postgres that it does not import, and says how to import one", async () => {
    const { files, enqueue } = await built("node", [], []);
    await assert.rejects(enqueue, ({ code, message }) => {
      assert.equal(code, "invalid_config");
      assert.match(message, /npm install pg.*bundled.*pg\(new Pool/);
      assert.doesNotMatch(message, /hunter2/);
      return true;
    });
    assert.deepEqual(matching(files, /node_modules\/(pg|postgres|@neondatabase)\//), []);
  });

  for (const client of ["pg", "postgres"]) {
    test(`takes ${client} where that is what lies beside it`, async () => {
      const { enqueue } = await built(client, [], [client], database.url);
      assert.equal((await enqueue()).outcome, "enqueued");
    });
  }

  test("for Workers holds no driver over TCP either, and sends a connection string nowhere", async () => {
    const fetched = mock.method(globalThis, "fetch");
    const { files, enqueue } = await built("workerd", ["workerd"], ["pg"]);
    await assert.rejects(enqueue, ({ code, message }) => {
      assert.equal(code, "invalid_config");
      assert.match(message, /^db\.example is not one of Neon's hosts.*pg\(new Pool/);
      return true;
    });
    assert.deepEqual(matching(files, /driver\/(tcp|pg|postgres-js|guard-pool)\.ts$/), []);
    assert.equal(fetched.mock.callCount(), 0);
  });
});
