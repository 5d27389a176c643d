/**
 * The container: handlers that end well, take their process with them, only say so, take too long, and leave something behind.
 * @module
 */
import { trace } from "@opentelemetry/api";
import { createMayfly, MayflyError } from "mayfly";
import { greet, hang, leave, pretend, stray } from "./jobs.ts";

interface Env {
  readonly DATABASE_URL?: string;
}

export const mayfly = createMayfly<Env>({ jobs: [greet, leave, pretend, hang, stray], database: (env) => env.DATABASE_URL ?? "" });

export const handlers = [
  greet.handle<Env>(({ payload, logger }) =>
    trace.getTracer("app").startActiveSpan("say", (span) => {
      logger.info("greeted");
      span.end();
      return `Hello, ${payload.name}`;
    }),
  ),
  leave.handle<Env>(() => process.exit(7)),
  pretend.handle<Env>(() => Promise.reject(new MayflyError("job_lost", "so it says"))),
  hang.handle<Env>(() => new Promise(() => {})),
  stray.handle<Env>(async () => {
    void Promise.reject(new TypeError("nobody waits"));
    await new Promise(() => {});
  }),
];
