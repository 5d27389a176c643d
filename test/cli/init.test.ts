/**
 * `mayfly init` in folders as users have them: it writes what is missing, and what it has written runs.
 * @module
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { PLATFORMS } from "../../src/cli/init-plan.ts";
import { testServer } from "../support/database.ts";
import { type OwnProject, ownProject } from "../support/own-project.ts";
import { run } from "./program.ts";

const HONO_APP = 'import { Hono } from "hono";\nexport default new Hono();\n';

let project: OwnProject;
afterEach(() => project.remove());

/** All files that are not packages, with their texts. */
function contents(): Record<string, string> {
  const paths = globSync("**/*", { cwd: project.path, exclude: ["node_modules"] });
  const files = paths.filter((path) => statSync(join(project.path, path)).isFile()).sort();
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(project.path, path), "utf8")]));
}

async function init(...flags: string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const program = run(["init", ...flags], {}, project.path);
  const code = await program.ended;
  return { code, output: program.output() };
}

describe("an empty folder", () => {
  for (const [platform, entry] of [
    ["workers", "src/worker.ts"],
    ["lambda", "src/lambda.ts"],
    ["vercel", "app.ts"],
    ["container", "Dockerfile"],
    ["node", "src/enqueue.ts"],
  ] as const) {
    test(`${platform}: everything is written, and was shown before`, async () => {
      project = ownProject({}, []);
      const { code, output } = await init("--platform", platform, "--yes");
      assert.equal(code, 0, output);
      const written = contents();
      for (const path of ["package.json", "tsconfig.json", "mayfly.config.ts", "src/jobs.ts", "src/handlers.ts", "src/mayfly.ts", entry])
        assert.ok(path in written, path);
      for (const [path, text] of Object.entries(written)) assert.ok(output.includes(`+++ ${path}\n+${text.split("\n", 1)[0]}`), path);
    });
  }

  test("without a terminal and without --yes nothing is written", async () => {
    project = ownProject({}, []);
    const { code, output } = await init("--platform", "node");
    assert.equal(code, 2);
    assert.match(output, /\+\+\+ src\/jobs\.ts[\s\S]*say --yes/);
    assert.deepEqual(contents(), {});
  });

  test("without a platform it asks for one, by their names", async () => {
    project = ownProject({}, []);
    const { code, output } = await init("--yes");
    assert.equal(code, 2);
    for (const name of Object.keys(PLATFORMS)) assert.ok(output.includes(name), name);
  });

  test("a second time nothing is missing", async () => {
    project = ownProject({}, []);
    await init("--platform", "workers", "--yes");
    const first = contents();
    const { code, output } = await init("--platform", "workers", "--yes");
    assert.deepEqual([code, contents()], [0, first]);
    assert.match(output, /No file is missing/);
  });
});

describe("a Worker that is there", () => {
  const FILES = {
    "package.json": '{ "type": "module" }',
    "tsconfig.json": '{ "compilerOptions": { "strict": true } }',
    "wrangler.toml": 'name = "app"\nmain = "src/index.ts"\n',
    "src/index.ts": HONO_APP,
  };

  test("is known as such, stays as it is, and is given no second entry file", async () => {
    project = ownProject(FILES, []);
    const { code, output } = await init("--yes");
    assert.equal(code, 0, output);
    const after = contents();
    for (const [path, text] of Object.entries(FILES)) assert.equal(after[path], text, path);
    assert.ok("src/jobs.ts" in after);
    for (const path of ["src/worker.ts", "wrangler.jsonc"]) assert.ok(!(path in after), path);
  });

  test("is told what to add to its own files", async () => {
    project = ownProject(FILES, []);
    const { output } = await init("--yes");
    for (const text of ['app.route("/mayfly", mayfly.app())', '[triggers]\ncrons = ["* * * * *"]', "allowImportingTsExtensions"])
      assert.ok(output.includes(text), text);
  });
});

test("a Lambda app is known by its serverless.yml, and told that it has to be of ES modules", async () => {
  project = ownProject({ "package.json": "{}", "serverless.yml": "service: app\n" }, []);
  const { output } = await init("--yes");
  assert.ok(existsSync(join(project.path, "src/lambda.ts")), output);
  assert.match(output, /"type": "module"/);
});

describe("on a real Postgres", () => {
  let server: Awaited<ReturnType<typeof testServer>>;
  before(async () => {
    server = await testServer(18);
  });
  after(() => server.stop());

  test("plain Node: what was written enqueues a job, and the worker runs it", async () => {
    const database = await server.database();
    project = ownProject({}, ["pg"]);
    await init("--platform", "node", "--yes");
    const env = { DATABASE_URL: database.url };
    assert.equal(await run(["migrate"], env, project.path).ended, 0);
    const enqueued = spawnSync(process.execPath, ["src/enqueue.ts", "Grace"], {
      cwd: project.path,
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
    assert.match(enqueued.stdout, /^enqueued /, enqueued.stderr);
    const worker = run(["worker"], env, project.path);
    await worker.printed('"name":"Grace"');
    worker.interrupt();
    assert.equal(await worker.ended, 0);
    assert.deepEqual(await database.sql("select outcome, output::text from mayfly.result"), [
      { outcome: "successful", output: '{"greeted":"Grace"}' },
    ]);
    await database.close();
  });
});
