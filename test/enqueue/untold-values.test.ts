/**
 * What a payload holds is told by no message: not by a validator's, not by an error's of what is to be hidden.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import * as v from "valibot";
import * as z from "zod";
import { hideValues } from "../../src/enqueue/without-values.ts";
import { defineJob, isMayflyError, type JobDefinition } from "../../src/index.ts";
import { openDashboard } from "../dashboard/support.ts";
import { useQueue } from "../support/queue.ts";
import { newJob } from "../support/samples.ts";
import { useSdk } from "../support/sdk.ts";

const queue = useQueue();
const sdk = useSdk();

const SECRET = 'hunter2-SECRET "quoted"';
const CARD = 4_111_111_111_111_111;
/** Each of these has something against the payload. */
const PAYLOAD = { password: SECRET, card: CARD, plan: SECRET, list: [SECRET], extra: { key: SECRET } };

const SCHEMAS: Readonly<Record<string, JobDefinition["schema"]>> = {
  valibot: v.strictObject({
    password: v.pipe(v.string(), v.regex(/^[a-z]{20}$/)),
    card: v.pipe(v.number(), v.maxValue(5)),
    plan: v.picklist(["free", "pro"]),
    list: v.array(v.pipe(v.string(), v.email())),
    extra: v.number(),
  }),
  zod: z.object({
    password: z.string().regex(/^[a-z]{20}$/),
    card: z.number().max(5),
    plan: z.enum(["free", "pro"]),
    list: z.array(z.email()),
    extra: z.number(),
  }),
  "one whose author repeats what was received": z.object({
    password: z.string().refine(() => false, { error: ({ input }) => `"${String(input)}" is too simple` }),
    card: v.pipe(
      v.number(),
      v.check(
        () => false,
        ({ input }) => `${input} is no card`,
      ),
    ) as never,
    plan: z.unknown(),
  }),
  "one that throws": {
    "~standard": {
      version: 1,
      vendor: "own",
      validate: (value: unknown) => {
        throw new TypeError(`cannot read ${JSON.stringify(value)}`);
      },
    },
  },
};

function assertUntold(what: unknown, where: string): void {
  const text = inspect(what, { depth: 12, maxStringLength: null, maxArrayLength: null });
  for (const secret of ["hunter2", String(CARD)]) assert.ok(!text.includes(secret), `${where}: ${text}`);
}

describe("a payload that does not fit is told by path and rule", () => {
  for (const [kind, schema] of Object.entries(SCHEMAS)) {
    if (!schema) continue;
    const job = defineJob("strict", { payload: schema });

    test(`${kind}: at the enqueue, to the caller and to spans`, async () => {
      const { jobs } = queue.open({ jobs: [job] });
      await assert.rejects(jobs.enqueue(job, PAYLOAD), (error) => {
        assert.ok(isMayflyError(error, "invalid_payload"));
        assertUntold([error.message, error.problems, error.stack], "the error");
        return error.problems.length > 0;
      });
      assertUntold(
        sdk.spans().map(({ attributes, events, status }) => ({ attributes, events, status })),
        "spans",
      );
    });

    test(`${kind}: of a stored payload, in the log, the result, spans and the dashboard`, async () => {
      const logger = recording();
      const opened = queue.open({ jobs: [job], logger: logger.logger, redact: ["password"] });
      const stored = newJob({ name: "strict", payload: PAYLOAD });
      await queue.database.store.enqueue([stored]);
      await opened.tick([job.handle(() => {})]);
      assert.ok(logger.lines.length > 0);
      assertUntold(logger.lines, "log");
      const [row] = await queue.database.sql<{ error: { message: string } }>("select error from mayfly.result");
      assert.ok(row);
      assertUntold(row.error, "result");
      assertUntold(
        sdk.spans().map(({ attributes, events, status }) => ({ attributes, events, status })),
        "spans",
      );
      const browser = openDashboard(queue.database, { jobs: [job], redact: ["password", "card", "plan", "list", "extra"] });
      await browser.signIn();
      for (const path of [`/jobs/${stored.id}`, "/results", "/results?outcome=errored"]) assertUntold((await browser.get(path)).text, path);
    });
  }

  test("the rule is still told", async () => {
    const job = defineJob("strict", { payload: SCHEMAS.valibot as never });
    await assert.rejects(queue.open({ jobs: [job] }).jobs.enqueue(job, PAYLOAD as never), (error) => {
      assert.ok(isMayflyError(error));
      const told = new Map(error.problems.map(({ path, message }) => [path.slice(1).join("."), message]));
      assert.equal(told.get("password"), "does not fit regex: expected is /^[a-z]{20}$/");
      assert.match(told.get("plan") ?? "", /expected is \("free" \| "pro"\)/);
      return true;
    });
  });

  test("a short value is hidden where it is a word, and leaves words alone", () => {
    assert.equal(hideValues("a1 is at most 100, 1 is not", { n: 1 }), "a1 is at most 100, … is not");
    assert.equal(hideValues("x is x", ["x"]), "… is …");
  });

  test("a key that is made of a payload is not repeated, nor what its function threw", async () => {
    const long = defineJob<"long", { n: string }>("long", { concurrencyKey: ({ n }) => n.repeat(100) });
    const broken = defineJob<"broken", { n: string }>("broken", {
      concurrencyKey: ({ n }) => {
        throw new RangeError(`no key for ${n}`);
      },
    });
    for (const job of [long, broken])
      await assert.rejects(queue.open({ jobs: [job] }).jobs.enqueue(job as typeof long, { n: SECRET }), (error) => {
        assertUntold([(error as Error).message, (error as { problems: unknown }).problems], job.name);
        return isMayflyError(error, "invalid_options");
      });
  });
});

test("what a handler throws holds no value of a redacted property: in logs, spans, the result and the dashboard", async () => {
  const job = defineJob<"sends", { password: string; deep: { Token: number } }>("sends");
  const logger = recording();
  const opened = queue.open({ jobs: [job], logger: logger.logger, redact: ["PASSWORD", "token"] });
  const { id } = await opened.jobs.enqueue(job, { password: SECRET, deep: { Token: CARD } });
  await opened.tick([
    job.handle(({ payload }) => {
      const cause = new AggregateError([new Error(`inner ${payload.password}`)], `caused by ${JSON.stringify(payload)}`);
      throw Object.assign(new Error(`could not log in with ${payload.password} and ${payload.deep.Token}`, { cause }), {
        sent: payload.password,
        token: payload.deep.Token,
      });
    }),
  ]);
  const [row] = await queue.database.sql<{ error: { message: string } }>("select error from mayfly.result");
  assert.equal(row?.error.message, "could not log in with ••• and •••");
  assertUntold(row, "result");
  assertUntold(logger.lines, "log");
  assertUntold(
    sdk.spans().map(({ attributes, events, status }) => ({ attributes, events, status })),
    "spans",
  );
  const browser = openDashboard(queue.database, { jobs: [job], redact: ["password", "token"] });
  await browser.signIn();
  for (const path of [`/jobs/${id}`, "/results"]) assertUntold((await browser.get(path)).text, path);
});

/** Of every level: a line is a leak wherever it goes. */
function recording() {
  const lines: unknown[] = [];
  const write = (message: string, fields?: Record<string, unknown>) => void lines.push([message, fields]);
  const logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  return { lines, logger };
}
