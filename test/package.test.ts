/**
 * The package that is published: what is in it, and that it works where only it and what it asks for is installed.
 * @module
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { buildSync } from "esbuild";
import { type Manifest, type PackedApp, packApp, root } from "./support/packed-app.ts";

let app: string;
let manifest: Manifest;
let packed: PackedApp;
before(() => {
  packed = packApp(["zod"]);
  ({ folder: app, manifest } = packed);
});
after(() => packed.remove());

const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: app, encoding: "utf8" });

describe("its manifest", () => {
  test("brings in no Node binary, no server and no tool", () => {
    assert.deepEqual(Object.keys(manifest.dependencies).sort(), [
      "@opentelemetry/api",
      "@standard-schema/spec",
      "commander",
      "croner",
      "d3-array",
      "valibot",
    ]);
    for (const field of ["devDependencies", "optionalDependencies", "scripts", "private"]) assert.equal(manifest[field], undefined, field);
  });

  test("takes the app's own Hono, from 4.6: a second one would not fit its types", () => {
    assert.equal(manifest.peerDependencies.hono, "^4.6.0");
    assert.equal(manifest.peerDependenciesMeta.hono, undefined);
  });

  test("takes old versions of what only some apps use, since npm refuses to install beside a peer out of range, used or not", () => {
    const { hono, ...others } = manifest.peerDependencies;
    assert.deepEqual(others, {
      "@aws-sdk/client-lambda": ">=3.0.0",
      "@electric-sql/pglite": ">=0.3.0",
      pg: ">=8.7.0",
      postgres: ">=3.4.0",
      wrangler: ">=4.30.0",
    });
    assert.deepEqual(manifest.peerDependenciesMeta, Object.fromEntries(Object.keys(others).map((peer) => [peer, { optional: true }])));
  });
});

test("its README and the pages in docs lead to what is in it, and show no picture that is not", () => {
  const own = join(app, "node_modules/mayfly");
  const pages = globSync("**/*.md", { cwd: own });
  assert.ok(pages.includes("README.md") && pages.includes("docs/http.md") && pages.length > 30, pages.join());
  for (const page of pages) {
    const text = readFileSync(join(own, page), "utf8");
    assert.doesNotMatch(text, /!\[|<picture|<img/, page);
    for (const [, target = ""] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g))
      if (!target.includes("://")) assert.ok(existsSync(join(own, dirname(page), target)), `${page}: ${target}`);
  }
  assert.match(readFileSync(join(own, "README.md"), "utf8"), /\[docs\/http\.md\]\(docs\/http\.md\)/);
});

test("every entry can be imported, and the command runs", () => {
  writeFileSync(
    join(app, "entries.js"),
    'for (const path of ["", "/client", "/cloudflare", "/container", "/fetch", "/lambda", "/migrate", "/producer", "/sql", "/testing"]) console.log(path, Object.keys(await import("mayfly" + path)).length > 0);',
  );
  assert.equal(
    run("entries.js"),
    " true\n/client true\n/cloudflare true\n/container true\n/fetch true\n/lambda true\n/migrate true\n/producer true\n/sql true\n/testing true\n",
  );
  assert.match(run("node_modules/mayfly/src/cli/mayfly.js", "--help"), /migrate/);
  assert.equal(run("node_modules/mayfly/src/cli/mayfly.js", "--version"), `${String(manifest.version)}\n`);
});

test("the dashboard is in it, pages and files", () => {
  writeFileSync(
    join(app, "pages.js"),
    `import { createMayfly } from "mayfly";
const app = createMayfly({ jobs: [], database: () => "postgresql://u@127.0.0.1/d" }).app();
const ask = async (path) => (await app.request(path, {}, { MAYFLY_OPERATOR_TOKENS: "operator" })).text();
const page = await ask("/sign-in");
console.log(/<h1>(.*?)<\\/h1>/.exec(page)?.[1], (await ask(/href="([^"]+\\.css)"/.exec(page)?.[1])).includes("--accent"));`,
  );
  assert.equal(run("pages.js"), "Sign in true\n");
});

test("a bundler can be told to leave the dashboard out", () => {
  // As wrangler looks an alias up.
  const instead = createRequire(join(app, "entries.js")).resolve("mayfly/no-dashboard");
  const bundled = (alias: Record<string, string>) => {
    const contents = 'import { createMayfly } from "mayfly"; export const app = createMayfly({ jobs: [], database: () => "" }).app();';
    const { metafile } = buildSync({
      stdin: { contents, resolveDir: app },
      alias,
      bundle: true,
      format: "esm",
      platform: "node",
      write: false,
      metafile: true,
    });
    return Object.keys(metafile.inputs).filter((input) => input.includes("src/dashboard/")).length;
  };
  assert.ok(bundled({}) > 20);
  assert.equal(bundled({ "mayfly/dashboard": instead }), 0);
});

test("the command reads a configuration, and says which package a plain Postgres needs", () => {
  writeFileSync(
    join(app, "mayfly.config.js"),
    'import { createMayfly, defineJob } from "mayfly"; export const mayfly = createMayfly({ jobs: [defineJob("one")], database: () => "" });',
  );
  assert.match(
    run("node_modules/mayfly/src/cli/mayfly.js", "list", "--json"),
    /^\{"jobs":\[\{"name":"one",.*"handler":false\}\],"schedules":\[\]\}$/m,
  );
  const env = { ...process.env, DATABASE_URL: "postgresql://u:secret@127.0.0.1/d" };
  const { status, stderr } = spawnSync(process.execPath, ["node_modules/mayfly/src/cli/mayfly.js", "stats"], {
    cwd: app,
    encoding: "utf8",
    env,
  });
  assert.deepEqual(
    [status, stderr],
    [2, "mayfly: DATABASE_URL is reached over TCP, which needs the package pg. Install it: npm install pg\n"],
  );
});

test("an app written against it type-checks, and a mistake in it does not", () => {
  const source = (payload: string) => `
    import { createMayfly, defineJob } from "mayfly";
    import { createClient } from "mayfly/client";
    import { cloudflare } from "mayfly/cloudflare";
    import { fetchHandler } from "mayfly/fetch";
    import { lambda } from "mayfly/lambda";
    import { createProducer, neonHttp } from "mayfly/producer";
    import { countRoundTrips } from "mayfly/testing";
    import * as z from "zod";
    const welcome = defineJob("welcome", { payload: z.object({ userId: z.string() }) });
    const mayfly = createMayfly<{ DATABASE_URL: string }>({ jobs: [welcome], database: (env) => env.DATABASE_URL });
    await mayfly.connect({ DATABASE_URL: "" }).enqueue(welcome, ${payload});
    await createProducer({ database: () => neonHttp("") }).connect({}).enqueue(welcome, ${payload});
    await createClient({ url: "https://queue.example", token: "" }).enqueue(welcome, ${payload});
    export const worker = cloudflare(mayfly, { handlers: [welcome.handle(({ payload }) => payload.userId.length)] });
    export const { api, tick } = lambda(mayfly, { handlers: [] });
    export const handler: (request: Request) => Promise<Response> = fetchHandler(mayfly, { handlers: [] });
    export { countRoundTrips };`;
  const check = (payload: string) => {
    writeFileSync(join(app, "app.ts"), source(payload));
    try {
      const flags = [
        "--noEmit",
        "--strict",
        "--module",
        "nodenext",
        "--target",
        "es2024",
        "--lib",
        "es2024,dom,dom.iterable",
        "--types",
        "",
      ];
      execFileSync(join(root, "node_modules/typescript/bin/tsc"), [...flags, "app.ts"], { cwd: app, encoding: "utf8" });
      return "";
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };
  assert.equal(check('{ userId: "1" }'), "");
  assert.match(check("{ userId: 1 }"), /app\.ts\(\d+,\d+\): error TS2322: Type 'number' is not assignable to type 'string'/);
});
