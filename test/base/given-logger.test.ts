/**
 * Loggers as programs have them, against the real ones.
 * @module
 */
import assert from "node:assert/strict";
import { Console } from "node:console";
import { Writable } from "node:stream";
import { describe, test } from "node:test";
import pino from "pino";
import winston from "winston";
import { toLogger } from "../../src/base/given-logger.ts";
import { createMayfly, type MayflyOptions } from "../../src/index.ts";

/** A stream, and what was written to it. */
function sink() {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => chunks.join("") };
}

/** As `createMayfly` takes it. */
function given(logger: NonNullable<MayflyOptions<unknown, never>["logger"]>) {
  const { config } = createMayfly({ jobs: [], database: () => "", logger });
  assert.ok(config.logger);
  return config.logger;
}

describe("pino", () => {
  function lastLine(write: (logger: ReturnType<typeof given>) => void) {
    const { stream, text } = sink();
    write(given(pino(stream)));
    return JSON.parse(text()) as Record<string, unknown>;
  }

  test("writes the fields beside the message", () => {
    const { msg, jobId } = lastLine((logger) => logger.info("job done", { jobId: "1" }));
    assert.deepEqual({ msg, jobId }, { msg: "job done", jobId: "1" });
  });

  test("writes an error with its message and stack", () => {
    const { err } = lastLine((logger) => logger.error("job failed", { error: new TypeError("boom") }));
    const { type, message, stack } = err as { type: string; message: string; stack: string };
    assert.deepEqual([type, message, /given-logger\.test/.test(stack)], ["TypeError", "boom", true]);
  });

  test("keeps the fields of a child", () => {
    const { queue, jobId } = lastLine((logger) => logger.child({ queue: "mail" }).child({ jobId: "1" }).warn("slow"));
    assert.deepEqual({ queue, jobId }, { queue: "mail", jobId: "1" });
  });
});

test("winston writes message, fields and those of a child", () => {
  const { stream, text } = sink();
  const logger = winston.createLogger({ format: winston.format.json(), transports: [new winston.transports.Stream({ stream })] });
  given(logger).child({ queue: "mail" }).info("job done", { jobId: "1" });
  assert.deepEqual(JSON.parse(text()), { level: "info", message: "job done", queue: "mail", jobId: "1" });
});

test("the console, which makes no children, writes message, fields and those of a child", () => {
  const { stream, text } = sink();
  given(new Console(stream)).child({ queue: "mail" }).info("job done", { jobId: "1" });
  assert.equal(text(), "job done { queue: 'mail', jobId: '1' }\n");
});

test("a logger of Mayfly's own form is taken as it is", () => {
  const own = { debug() {}, info() {}, warn() {}, error() {}, child: () => own };
  assert.equal(toLogger(own), own);
});
