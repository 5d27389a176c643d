/**
 * What the commands say when something is wrong: one sentence, exit code 2, never a password or a stack.
 * @module
 */
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { startTestServer, type TestServer } from "../support/database.ts";
import { freePort } from "../support/free-port.ts";
import { run } from "./program.ts";

const SAMPLE = join(import.meta.dirname, "sample.config.ts");

let server: TestServer;
let folder: string;
let url: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "mayfly-cli-"));
  const hba = join(folder, "hba.conf");
  writeFileSync(hba, "host all locked 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n", { mode: 0o644 });
  chmodSync(folder, 0o755);
  server = await startTestServer(18, { hba_file: hba });
  const database = await server.database();
  url = database.url;
  await database.sql("create role locked login password 'the right one'");
  await database.close();
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Case = readonly [args: readonly string[], said: RegExp, env?: Record<string, string>];

/** A few at a time: each is a process. */
async function check(cases: readonly Case[]): Promise<void> {
  const left = [...cases];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [args, said, env = { DATABASE_URL: url }] = next;
      const program = run(args, env, folder);
      assert.equal(await program.ended, 2, program.output());
      assert.match(program.output(), said);
      assert.equal(program.output().trim().split("\n").length, 1, program.output());
      assert.ok(!program.output().includes("secret"), program.output());
    }
  };
  await Promise.all([work(), work(), work()]);
}

const sample = (...args: string[]) => [...args, "--config", SAMPLE];

function config(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

test("the configuration: missing, throwing, of the wrong shape", async () => {
  const using = `export { mayfly } from ${JSON.stringify(pathToFileURL(SAMPLE).href)};`;
  await check([
    [["list"], /There is no mayfly\.config\.ts, mayfly\.config\.js, mayfly\.config\.mjs in this folder\..*--config/],
    [["list", "--config", "none.ts"], /There is no file none\.ts, which --config names/],
    [
      ["stats", "--config", config("throws.mjs", 'throw new Error("no postgresql://u:secret@h/d\\nat all");')],
      /throws\.mjs cannot be loaded: no postgresql:\/\/u:…@h\/d \(throws\.mjs:1\)$/m,
    ],
    [
      ["list", "--config", config("imports.mjs", 'import "unheard-of";')],
      /imports\.mjs cannot be loaded: Cannot find package 'unheard-of'/,
    ],
    [["list", "--config", config("empty.mjs", "export const mayfly = {};")], /empty\.mjs has no export "mayfly" made by createMayfly/],
    [
      ["list", "--config", config("handlers.mjs", `${using} export const handlers = [1];`)],
      /handlers\.mjs exports "handlers" that are no list/,
    ],
    [["list", "--config", config("middleware.mjs", `${using} export const middleware = 1;`)], /exports "middleware" that is no list/],
  ]);
  config("mayfly.config.mjs", using);
  const program = run(["list", "--json"], {}, folder);
  assert.equal(await program.ended, 0, program.output());
  assert.match(program.output(), /"handler":false/);
  rmSync(join(folder, "mayfly.config.mjs"));
});

test("the database: not named, not there, not open, not migrated", async () => {
  const port = await freePort();
  const bare = await server.server.createDatabase();
  const locked = Object.assign(new URL(url), { username: "locked", password: "secret" }).href;
  const unreachable = `postgresql://u:secret@127.0.0.1:${port}/d`;
  await check([
    [sample("stats"), /DATABASE_URL is not set/, {}],
    [sample("stats"), /DATABASE_URL is no URL/, { DATABASE_URL: "secret" }],
    [sample("stats"), /cannot be reached.*Is it running\?/, { DATABASE_URL: unreachable }],
    [sample("enqueue", "fails"), /password authentication failed for user "locked"/, { DATABASE_URL: locked }],
    [sample("doctor"), /lacks the schema.*npx mayfly migrate/, { DATABASE_URL: bare }],
    [sample("enqueue", "fails"), /lacks the schema.*npx mayfly migrate/, { DATABASE_URL: bare }],
  ]);
});

test("names, payloads and options", async () => {
  const known = /There is no job named "ehco" in sample\.config\.ts\. Known: echo, fails, later, stuck, keyed, picky\./;
  await check([
    [sample("run", "ehco"), known],
    [sample("enqueue", "ehco"), known],
    [sample("run", "picky"), /picky has no handler among the "handlers" of sample\.config\.ts/],
    [sample("run", "echo", "--payload", "{n: 1}"), /--payload is no JSON: /],
    [sample("run", "echo", "--payload", '{"n": "1"}'), /echo cannot be run\. payload\.n: /],
    [sample("enqueue", "echo"), /echo cannot be enqueued\. payload\.n: /],
    [sample("enqueue", "fails", "--payload", "{}", "--payload-file", "x"), /--payload and --payload-file are both given/],
    [sample("enqueue", "fails", "--payload-file", "none.json"), /--payload-file cannot be read: .*none\.json/],
    [sample("enqueue", "fails", "--id", "7"), /options\.id: is "7"; it is a UUID/],
    [sample("enqueue", "fails", "--delay", "soon", "--timeout", "never"), /options\.timeout: .*options\.delay: /],
    [sample("cancel", "7"), /The id is "7"; it is a UUID/],
    [sample("clear", "--older-than", "36h"), /--older-than is "36h"; it is whole days/],
    [sample("pause", ""), /The queue is ""; it takes 1 to 255/],
    [sample("pause", "--schedule", "x"), /There is no schedule "x" of "sample"\. Known: none\./],
  ]);
});

test("wrong flags end with 2 too, and show the help", async () => {
  for (const [args, said] of [
    [["enqueue", "fails", "--priority", "high"], /argument 'high' is invalid\. It is a whole number\.[\s\S]*Usage: mayfly enqueue/],
    [["enqueue"], /missing required argument 'name'/],
    [["stats", "--queues"], /unknown option '--queues'/],
    [["unheard-of"], /unknown command 'unheard-of'/],
  ] as const) {
    const program = run(args);
    assert.equal(await program.ended, 2);
    assert.match(program.output(), said);
  }
});

test("a command whose answer nobody reads says nothing about it", async () => {
  const program = run(["stats", "--config", SAMPLE], { DATABASE_URL: url });
  program.leave();
  assert.equal(await program.ended, 0);
  assert.equal(program.output(), "");
});
