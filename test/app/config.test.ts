import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudflare } from "../../adapters/cloudflare/index.ts";
import { createMayfly, defineJob, isMayflyError } from "../../src/index.ts";

const work = defineJob("work");

function problemsOf(call: () => unknown): string[] {
  try {
    call();
  } catch (error) {
    assert.ok(isMayflyError(error, "invalid_config"), String(error));
    return error.problems.map(({ path }) => path.join("."));
  }
  return assert.fail("it was not refused");
}

test("everything wrong with a configuration is told at once", () => {
  const options = {
    jobs: [work, defineJob("work")],
    database: "postgresql://u:secret@h/d" as never,
    heartbeat: { interval: "1m", timeout: "90s" },
    limits: { batch: 20_000, payloadBytes: 0 },
    logger: { info() {} } as never,
  };
  assert.deepEqual(problemsOf(() => createMayfly(options)).sort(), [
    "database",
    "heartbeat.timeout",
    "jobs.1",
    "limits.batch",
    "limits.payloadBytes",
    "logger",
  ]);
  assert.deepEqual(
    problemsOf(() => createMayfly({ jobs: [], database: () => "", heartbeat: { interval: "soon" } })),
    ["heartbeat.interval"],
  );
});

test("jobs in an object, or something that is no job, are refused with what a list of them looks like", () => {
  const refusal = (jobs: unknown) => {
    try {
      createMayfly({ jobs: jobs as never, database: () => "" });
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  assert.match(refusal({ work }), /jobs: is no list; it is one such as \[welcome, report\], each made by defineJob/);
  assert.match(refusal(undefined), /jobs: is no list/);
  assert.match(refusal([work, work.handle(() => {})]), /jobs\.1: is something else; the list is \[welcome, report\]/);
});

test("handlers that cannot run here are refused at the start, with the queue to use instead", () => {
  const long = defineJob("long", { timeout: "1h" });
  const stranger = defineJob("stranger");
  const mayfly = createMayfly<object>({ jobs: [work, long], database: () => "" });
  const handlers = [work, work, long, stranger].map((job) => job.handle(() => {}));
  assert.deepEqual(
    problemsOf(() => cloudflare(mayfly, { handlers })),
    ["handlers.1", "handlers.2", "handlers.3"],
  );
  assert.throws(
    () => cloudflare(mayfly, { handlers: [long.handle(() => {})] }),
    /long may run 1h, and here a job has at most 14m8s\. Move it from the queue "default" to one that a container serves/,
  );
  assert.throws(() => cloudflare(mayfly, { handlers: [], claimFor: "x" }), /claimFor is "x"/);
});

test("an environment without a connection string, or with one of another form, is told without showing it", () => {
  for (const [url, said] of [
    [undefined, /database\(env\) gave no connection string/],
    ["", /database\(env\) gave no connection string|does not have the form/],
    ["mysql://u:secret@h/d", /does not have the form postgresql:/],
    ["secret", /does not have the form postgresql:/],
  ] as const) {
    const mayfly = createMayfly<object>({ jobs: [work], database: () => url as string });
    assert.throws(
      () => mayfly.connect({}),
      (error) => isMayflyError(error, "invalid_config") && said.test(error.message) && !error.message.includes("secret"),
    );
  }
});
