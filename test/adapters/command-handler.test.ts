import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type CommandOutput, commandHandler } from "../../adapters/container/command-handler.ts";
import { MayflyError } from "../../src/base/errors.ts";
import type { JobContext } from "../../src/job/handler.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { command } from "../../src/schedule/command.ts";
import { schedule } from "../../src/schedule/schedule.ts";
import { until } from "../support/condition.ts";

const timedOut = new MayflyError("job_timed_out", "too long");

/** Runs the line as the command of a schedule, or whatever the payload asks for. */
async function run(text: string, { signal = new AbortController().signal, payload = { schedule: "line" } as unknown } = {}) {
  const entries = [schedule("line", "@daily", command(text)), schedule("other", "@daily", defineJob("other"))];
  const context = { payload, signal } as JobContext<unknown, unknown>;
  return (await commandHandler(entries).run(context)) as CommandOutput;
}

async function errorOf(running: Promise<unknown>): Promise<MayflyError & { readonly retry?: boolean }> {
  try {
    await running;
  } catch (error) {
    return error as MayflyError;
  }
  return assert.fail("it did not fail");
}

/** The name of a file that is not there yet. */
function newFile(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-command-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "pid");
}

/** A zombie that nobody has reaped counts as gone. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

function pidIn(file: string): number {
  try {
    const text = readFileSync(file, "utf8");
    return text.endsWith("\n") ? Number(text) : 0;
  } catch {
    return 0;
  }
}

test("what a command writes is kept, both outputs in order", async () => {
  assert.deepEqual(await run("echo one; echo two >&2; printf 'drei €\\n'"), { exitCode: 0, output: "one\ntwo\ndrei €\n" });
  assert.deepEqual(await run("true"), { exitCode: 0, output: "" });
  assert.deepEqual(await run("printf 'a\\000b'"), { exitCode: 0, output: "ab" });
});

test("of much output the last 16 KiB are kept, cut between characters, and it says so", async () => {
  const { output } = await run("yes €€€ | head -n 100000; echo last");
  const [, cut, kept = ""] = /^\[the (\d+) bytes before this were cut\]\n([\s\S]*)$/.exec(output) ?? [];
  const bytes = Buffer.byteLength(kept);
  assert.equal(Number(cut) + bytes, 100_000 * 10 + 5);
  assert.ok(bytes <= 16_384 && bytes > 16_380, `${bytes} bytes`);
  assert.ok(kept.endsWith("€€€\nlast\n") && !kept.includes("\ufffd"));
});

test("a command that fails is an error with its exit code and the end of its output", async () => {
  const { code, message, retry } = await errorOf(run("yes no | head -n 9000; echo 'no such thing' >&2; exit 3"));
  assert.deepEqual([code, retry], ["command_failed", undefined]);
  assert.match(message, /^The command of "line" ended with exit code 3:\n\[the \d+ bytes before this were cut\]\n[\s\S]*no such thing\n$/);
  assert.ok(message.length < 5_000);
  assert.equal((await errorOf(run("exit 1"))).message, 'The command of "line" ended with exit code 1.');
  assert.match((await errorOf(run("no-such-program-here"))).message, /exit code 127:\n[\s\S]*no-such-program-here/);
});

test("a command that a signal kills is an error that names it", async () => {
  assert.equal((await errorOf(run("kill -9 $$"))).message, 'The command of "line" was killed by SIGKILL.');
});

test("what is no command of this program is a final error, and nothing runs", async () => {
  for (const payload of [{ schedule: "stranger" }, { schedule: "other" }, { schedule: ["line"] }, {}, null]) {
    const { code, retry } = await errorOf(run("true", { payload }));
    assert.deepEqual([code, retry], ["unknown_command", false]);
  }
  const { code } = await errorOf(run("true", { signal: AbortSignal.abort(timedOut) }));
  assert.equal(code, "job_timed_out");
});

test("at its time-out a command is ended with everything it started", async (context) => {
  const file = newFile(context);
  const abort = new AbortController();
  const running = errorOf(run(`sleep 60 & echo $! > ${file}; wait`, { signal: abort.signal }));
  await until(() => pidIn(file) > 0);
  assert.ok(isAlive(pidIn(file)));
  abort.abort(timedOut);
  assert.equal(await running, timedOut);
  await until(() => !isAlive(pidIn(file)));
});

test("what a command left in the background still belongs to it while it may write", async (context) => {
  const file = newFile(context);
  const abort = new AbortController();
  const running = errorOf(run(`sleep 60 & echo $! > ${file}`, { signal: abort.signal }));
  await until(() => pidIn(file) > 0);
  abort.abort(timedOut);
  assert.equal(await running, timedOut);
  await until(() => !isAlive(pidIn(file)));
});

test("a command that ignores the request is killed five seconds later, also one that has closed its output", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const loop = (file: string) => `trap '' TERM; sh -c 'echo $PPID' > ${file}; sleep 60; true`;
  for (const line of [loop, (file: string) => `(exec > /dev/null 2>&1; ${loop(file)}) & wait`]) {
    const file = newFile(context);
    const abort = new AbortController();
    let ended = false;
    const running = errorOf(run(line(file), { signal: abort.signal })).finally(() => {
      ended = true;
    });
    await until(() => pidIn(file) > 0);
    abort.abort(timedOut);
    context.mock.timers.tick(4_999);
    assert.ok(isAlive(pidIn(file)) && !ended);
    context.mock.timers.tick(1);
    await until(() => {
      context.mock.timers.tick(50);
      return ended;
    });
    assert.equal(await running, timedOut);
    await until(() => !isAlive(pidIn(file)));
  }
});
