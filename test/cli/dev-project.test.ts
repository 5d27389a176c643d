/**
 * `mayfly dev` in a project as users have them: what is the project's stays so.
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { until } from "../support/condition.ts";
import { freePort } from "../support/free-port.ts";
import { type OwnProject, ownProject } from "../support/own-project.ts";
import { type Program, run } from "./program.ts";

const WORKER = `
import { Hono } from "hono";
import { createMayfly, defineJob } from "mayfly";
import { scheduled } from "mayfly/cloudflare";
const mayfly = createMayfly<{ DATABASE_URL: string }>({ jobs: [defineJob("one")], database: (env) => env.DATABASE_URL });
const app = new Hono<{ Bindings: { DATABASE_URL: string } }>();
app.get("/", (c) => c.json(c.env));
app.route("/mayfly", mayfly.app());
export default { fetch: app.fetch, scheduled: scheduled(mayfly, { handlers: [] }) };
`;

const CONFIG = `{
  // As Cloudflare's own templates have it.
  "name": "own", "main": "worker.ts", "compatibility_date": "2026-10-01",
  "env": { "staging": { "vars": { "STAGE": "staging" } } },
}`;

const SECRET = `a$b"c`;

describe("a project with wrangler.jsonc, secrets in .dev.vars and no cron trigger, in its environment staging", () => {
  let project: OwnProject;
  let program: Program;
  let url: string;
  before(async () => {
    project = ownProject({
      "worker.ts": WORKER,
      "wrangler.jsonc": CONFIG,
      ".dev.vars": "MAIL_KEY=of no environment\n",
      ".dev.vars.staging": `MAIL_KEY='${SECRET}'\nDATABASE_URL=postgresql://production.example/app\n`,
    });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    program = run(["dev", "--env", "staging"], { PORT: String(port) }, project.path);
    await program.printed("Mayfly is ready");
  });
  after(() => project.remove());

  test("the Worker has the project's secrets as they are, and the local database", async () => {
    const env = (await (await fetch(url)).json()) as Record<string, string>;
    assert.deepEqual([env.MAIL_KEY, env.STAGE], [SECRET, "staging"]);
    assert.match(env.DATABASE_URL ?? "", /^postgresql:\/\/mayfly:local@127\.0\.0\.1:/);
  });

  test("it says which variable of the project's is not used", () => {
    assert.match(program.output(), /DATABASE_URL of \.dev\.vars\.staging is not used here/);
  });

  test("it says that there is no cron trigger, and what to add", () => {
    assert.match(program.output(), /wrangler\.jsonc has no cron trigger/);
    assert.ok(program.output().includes('"env": { "staging": { "triggers": { "crons": ["* * * * *"] } } }'));
  });

  test("it says where the dashboard is, and its token", () => {
    assert.ok(program.output().includes(`The dashboard: ${url}/mayfly, with the token local:dev`));
  });

  test("git ignores its data", () => {
    assert.equal(readFileSync(join(project.path, ".mayfly/.gitignore"), "utf8"), "*\n");
  });

  test("killed, it leaves nothing running", async () => {
    program.kill("SIGKILL");
    await program.ended;
    await until(() =>
      fetch(url).then(
        () => false as const,
        () => true,
      ),
    );
  });
});

describe("the database alone, in a folder without a Worker", () => {
  let project: OwnProject;
  let program: Program;
  const start = async () => {
    program = run(["dev", "--database-only"], {}, project.path);
    await program.printed("Ctrl-C ends it");
  };
  const address = () => /DATABASE_URL=(postgresql:\/\/postgres:\S+)/.exec(program.output())?.[1] ?? "";
  before(async () => {
    project = ownProject({}, []);
    await start();
  });
  after(async () => {
    program.interrupt();
    assert.equal(await program.ended, 0);
    project.remove();
  });

  test("the command reaches it over TCP and over HTTP", async () => {
    for (const env of [
      { DATABASE_URL: address() },
      Object.fromEntries(
        [...(/export (.*)/.exec(program.output())?.[1] ?? "").matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
      ),
    ]) {
      const stats = run(["stats", "--json", "--config", "mayfly.config.ts"], env as Record<string, string>);
      assert.equal(await stats.ended, 0, stats.output());
    }
  });

  test("its addresses are the same after a restart", async () => {
    const before = address();
    program.interrupt();
    assert.equal(await program.ended, 0);
    await start();
    assert.equal(address(), before);
  });
});

test("without a wrangler configuration it says what to do", async () => {
  const project = ownProject({}, []);
  const program = run(["dev"], {}, project.path);
  assert.equal(await program.ended, 2);
  assert.match(program.output(), /no wrangler\.jsonc, wrangler\.json or wrangler\.toml in this folder.*mayfly init.*--database-only/);
  project.remove();
});
