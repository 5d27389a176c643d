/**
 * What a command needs around it: no configuration for what operators do, and the database from where it is written down.
 * @module
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { startTestServer, type TestServer } from "../support/database.ts";
import { run } from "./program.ts";

const root = join(import.meta.dirname, "../..");

let server: TestServer;
let url: string;
before(async () => {
  server = await startTestServer(18);
  const database = await server.database();
  url = database.url;
  await database.close();
});
after(() => server.stop());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mayfly-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function runs(args: readonly string[], env: Record<string, string>) {
  const program = run(args, env, folder);
  return { code: await program.ended, output: program.output() };
}

const NOWHERE = "postgresql://u@127.0.0.1:1/d";

describe("without a configuration", () => {
  test("operators count, pause and retry", async () => {
    const env = { DATABASE_URL: url };
    assert.match((await runs(["stats"], env)).output, /workers: 0 alive/);
    assert.equal((await runs(["pause", "default"], env)).code, 0);
    assert.match((await runs(["retry", "01890000-0000-7000-8000-000000000001"], env)).output, /There is no job/);
  });

  test("what needs one says so", async () => {
    const { code, output } = await runs(["enqueue", "welcome"], { DATABASE_URL: url });
    assert.deepEqual([code, /There is no mayfly\.config\.ts/.test(output)], [2, true]);
  });

  test("one that cannot be loaded is told of, with file and line, and does not keep an operator from working", async () => {
    writeFileSync(join(folder, "jobs.mjs"), "\n\nprocess.env.UNSET_KEY.trim();\n");
    writeFileSync(join(folder, "mayfly.config.mjs"), 'import "./jobs.mjs";');
    const { code, output } = await runs(["stats"], { DATABASE_URL: url });
    assert.equal(code, 0);
    assert.match(output, /cannot be loaded: Cannot read properties of undefined \(reading 'trim'\) \(jobs\.mjs:3\)/);
  });
});

describe("the database", () => {
  test("is the one of .env", async () => {
    writeFileSync(join(folder, ".env"), `DATABASE_URL=${url}\n`);
    assert.match((await runs(["stats"], {})).output, /workers: 0 alive/);
  });

  test("is the one that is set, whatever .env says", async () => {
    writeFileSync(join(folder, ".env"), `DATABASE_URL=${NOWHERE}\n`);
    assert.match((await runs(["stats"], { DATABASE_URL: url })).output, /workers: 0 alive/);
  });

  for (const [running, pid, said] of [
    ["is that of the local stack that runs in this folder", process.pid, /workers: 0 alive/],
    ["is not that of a local stack that has ended", 2 ** 30, /DATABASE_URL is not set/],
  ] as const)
    test(running, async () => {
      mkdirSync(join(folder, ".mayfly"));
      writeFileSync(join(folder, ".mayfly/lock"), JSON.stringify({ pid, url: "http://127.0.0.1:1" }));
      writeFileSync(join(folder, ".mayfly/worker.env"), `DATABASE_URL=${JSON.stringify(url)}\n`);
      assert.match((await runs(["stats"], {})).output, said);
    });
});

/** In the folder, whose packages are those of the repository. */
function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

test("a syntax error in a file of the configuration is told with file and line", async () => {
  write({ "jobs.ts": "\nexport const a: string = ;\n", "mayfly.config.ts": 'import "./jobs.ts";' });
  assert.match((await runs(["list"], {})).output, /cannot be loaded: Expression expected \(jobs\.ts:2\)/);
});

test("what only a bundler reads is told with the file, and with what reads it, where there is none", async () => {
  write({ "mail.html": "", "mayfly.config.mjs": 'import "./mail.html";' });
  assert.match((await runs(["list"], {})).output, /it imports mail\.html, which Node does not read and esbuild does/);
});

describe("what bundlers load, the command loads with the project's esbuild:", () => {
  const config = (first: string, name: string) =>
    `${first}\nimport { createMayfly, defineJob } from ${JSON.stringify(join(root, "src/index.ts"))};\nexport const mayfly = createMayfly({ jobs: [defineJob(${name})], database: () => "" });`;
  for (const [what, files] of Object.entries({
    "an enum": { "mayfly.config.ts": config('enum Name { Job = "found" }', "Name.Job") },
    "an import without an extension": {
      "mayfly.config.ts": config('import { name } from "./name";', "name"),
      "name.ts": 'export const name = "found";',
    },
    "an alias of tsconfig.json": {
      "tsconfig.json": '{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}',
      "mayfly.config.ts": config('import { name } from "@/name";', "name"),
      "src/name.ts": 'export const name = "found";',
    },
    text: { "mayfly.config.ts": config('import name from "./name.html";', "name"), "name.html": "found" },
    JSX: {
      "mayfly.config.ts": config('import { name } from "./mail.tsx";', "name"),
      "mail.tsx": 'const h = () => 1;\n/** @jsx h */\nexport const mail = () => <p />;\nexport const name = "found";',
    },
    "a module of the Workers runtime": {
      "mayfly.config.ts": config(
        'import { WorkerEntrypoint, env } from "cloudflare:workers";\nexport class Jobs extends WorkerEntrypoint {}',
        "env.NAME",
      ),
    },
  }))
    test(what, async () => {
      symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
      write({ "package.json": '{"type":"module"}', ...files });
      const { code, output } = await runs(["list", "--json"], { NAME: "found" });
      assert.equal(code, 0, output);
      assert.match(output, /"name":"found"/);
    });
});
