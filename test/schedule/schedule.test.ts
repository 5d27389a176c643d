import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { isMayflyError } from "../../src/base/errors.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { command, commandJob } from "../../src/schedule/command.ts";
import { type Schedule, schedule } from "../../src/schedule/schedule.ts";
import { scheduleSetHash } from "../../src/schedule/schedule-set.ts";
import { tickPayload } from "../../src/schedule/tick-payload.ts";

const work = defineJob("work");
const report = defineJob("report", { payload: z.object({ day: z.iso.date() }), concurrencyKey: ({ day }) => day.slice(0, 4) });
const never: Schedule = { next: () => null };

function problemsOf(call: () => unknown, named: string): string[] {
  try {
    call();
  } catch (error) {
    assert.ok(isMayflyError(error, "invalid_config") && error.message.includes(named), String(error));
    return error.problems.map(({ path }) => path.join("."));
  }
  return assert.fail("it was not refused");
}

test("a schedule has every default filled in, and cannot be changed", () => {
  const entry = schedule("nightly", "0 3 * * *", work);
  const { schedule: when, source, ...rest } = entry;
  assert.deepEqual(rest, {
    name: "nightly",
    when: "0 3 * * *",
    timezone: "UTC",
    withinMs: undefined,
    timing: "0 3 * * * UTC",
    definition: work,
    payload: undefined,
    missed: "once",
    overlap: "allow",
    options: {},
    command: undefined,
  });
  assert.equal(when.next(new Date("2026-01-01T00:00:00Z"))?.toISOString(), "2026-01-01T03:00:00.000Z");
  assert.match(source ?? "", /schedule\.test\.ts:\d+$/);
  assert.ok(Object.isFrozen(entry) && Object.isFrozen(entry.options));
});

test("a schedule of one's own is taken as it is, without a time zone", () => {
  const { when, timezone, schedule: own } = schedule("own", never, work);
  assert.deepEqual([when, timezone, own], ["custom", undefined, never]);
});

test("everything wrong with a schedule is told at once, with its name", () => {
  const wrong = {
    timezone: "Nowhere",
    missed: "never",
    overlap: "maybe",
    options: { queue: "", priority: 0.5, retries: -1, timeout: "x" },
  };
  assert.deepEqual(
    problemsOf(() => schedule("wrong", "99 * * * *", work, wrong as never), '"wrong"'),
    ["timezone", "when", "missed", "overlap", "options.queue", "options.priority", "options.retries", "options.timeout"],
  );
  assert.deepEqual(
    problemsOf(() => schedule("", never, work, { timezone: "UTC" }), '""'),
    ["name", "timezone"],
  );
  for (const when of [{}, null, undefined, 5])
    assert.deepEqual(
      problemsOf(() => schedule("x", when as never, work), '"x"'),
      ["when"],
    );
});

test("a payload that does not fit is refused when it is written, one made from the tick is not made yet", () => {
  const made = () => assert.fail("too early");
  assert.deepEqual(
    problemsOf(() => schedule("x", "@daily", report), '"x"'),
    ["payload.day"],
  );
  assert.deepEqual(
    problemsOf(() => schedule("x", "@daily", report, { payload: { day: "today" } }), '"x"'),
    ["payload.day"],
  );
  assert.deepEqual(
    problemsOf(() => schedule("x", "@daily", work, { payload: { at: new Date(0) } as never }), '"x"'),
    ["payload.at"],
  );
  assert.equal(schedule("x", "@daily", report, { payload: made }).payload, made);
  schedule("x", "@daily", defineJob("later", { payload: z.object({}).refine(() => Promise.resolve(false)) }));
});

test("a key that is wrong is refused, one that the definition makes needs the tick's payload", () => {
  const options = { concurrencyKey: "x".repeat(256) };
  const payload = () => ({ day: "2026-01-01" });
  assert.deepEqual(
    problemsOf(() => schedule("x", "@daily", report, { payload, options }), '"x"'),
    ["options.concurrencyKey"],
  );
  assert.ok(schedule("x", "@daily", report, { payload, options: { concurrencyKey: null } }));
  const broken = defineJob("broken", { concurrencyKey: () => assert.fail("no key") });
  assert.deepEqual(
    problemsOf(() => schedule("x", "@daily", broken), '"x"'),
    ["options.concurrencyKey"],
  );
});

test("a payload of the wrong shape does not compile", () => {
  const compiled = () => {
    schedule("x", "@daily", report, { payload: { day: "2026-01-01" } });
    schedule("x", "@daily", report, { payload: (tick) => ({ day: tick.toISOString().slice(0, 10) }) });
    // @ts-expect-error The type refuses it: the payload has a text there.
    schedule("x", "@daily", report, { payload: { day: 1 } });
    // @ts-expect-error The type refuses it: a payload that is computed has a text there, too.
    schedule("x", "@daily", report, { payload: () => ({ day: 1 }) });
    // @ts-expect-error The type refuses it: a command has no payload.
    schedule("x", "@daily", command("true"), { payload: {} });
    // @ts-expect-error The type refuses it: each tick makes the id of its job.
    schedule("x", "@daily", work, { options: { id: "1" } });
  };
  assert.ok(compiled);
});

test("the payload is made from the tick, and a rule that fails is a problem, not an error", () => {
  const tick = new Date("2026-01-02T09:00:00Z");
  const daily = schedule("daily", "0 9 * * *", report, { payload: (at) => ({ day: at.toISOString().slice(0, 10) }) });
  assert.deepEqual(tickPayload(daily, tick), { ok: true, payload: { day: "2026-01-02" } });
  assert.deepEqual(tickPayload({ payload: { a: 1 } }, tick), { ok: true, payload: { a: 1 } });
  assert.deepEqual(tickPayload({ payload: () => assert.fail("broken") }, tick), {
    ok: false,
    problem: "payload(2026-01-02T09:00:00.000Z) threw: broken",
  });
});

test("of a command the queue is told the schedule's name and nothing else", () => {
  const cleanup = command("./cleanup.sh --token=secret", { queue: "shell", timeout: "5m", retries: 2 });
  const entry = schedule("cleanup", "@daily", cleanup, { options: { retries: 1, priority: 3 } });
  assert.equal(entry.definition, commandJob);
  assert.equal(entry.command, cleanup);
  assert.deepEqual(entry.payload, { schedule: "cleanup" });
  assert.deepEqual(entry.options, { queue: "shell", timeout: "5m", retries: 1, priority: 3 });
  assert.equal(schedule("plain", "@daily", command("true")).definition.queue, "commands");
  assert.deepEqual(
    problemsOf(() => schedule("x", "@daily", cleanup, { payload: {} } as never), '"x"'),
    ["payload"],
  );
});

test("everything wrong with a command is told at once", () => {
  assert.deepEqual(
    problemsOf(() => command(" ", { queue: "", timeout: "x", retries: -1 }), '" "'),
    ["text", "options.queue", "options.retries", "options.timeout"],
  );
  assert.deepEqual(
    problemsOf(() => command("a\0b"), "a"),
    ["text"],
  );
});

test("a set of schedules is known by its content, not by its order", () => {
  const one = schedule("one", "@daily", work, { payload: { a: 1, b: 2 } });
  const same = schedule("one", "@daily", work, { payload: { b: 2, a: 1 } });
  const two = schedule("two", never, report, { payload: () => ({ day: "2026-01-01" }) });
  assert.match(scheduleSetHash([one, two]), /^[0-9a-f]{16}$/);
  assert.equal(scheduleSetHash([one, two]), scheduleSetHash([two, same]));
  const others = [
    [],
    [one],
    [one, one, two],
    [schedule("uno", "@daily", work, { payload: { a: 1, b: 2 } }), two],
    [schedule("one", "@hourly", work, { payload: { a: 1, b: 2 } }), two],
    [schedule("one", "@daily", work, { payload: { a: 1, b: 2 }, timezone: "Asia/Kolkata" }), two],
    [schedule("one", "@daily", defineJob("other"), { payload: { a: 1, b: 2 } }), two],
    [schedule("one", "@daily", work, { payload: { a: 1, b: 2 }, missed: "all" }), two],
    [schedule("one", "@daily", work, { payload: { a: 1, b: 2 }, overlap: "skip" }), two],
    [schedule("one", "@daily", work, { payload: { a: 1, b: 3 } }), two],
    [schedule("one", "@daily", work, { payload: () => ({ a: 1, b: 2 }) }), two],
    [schedule("one", "@daily", work, { payload: { a: 1, b: 2 }, options: { queue: "x" } }), two],
  ];
  assert.equal(new Set([[one, two], ...others].map(scheduleSetHash)).size, others.length + 1);
});
