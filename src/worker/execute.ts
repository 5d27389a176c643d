/**
 * The code of a job, called: its payload checked, its context made, middleware, handler. Plain data goes in and comes out, so that
 * all of it may happen in another process.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import { Problems } from "../base/problems.ts";
import { validatePayload } from "../enqueue/validate-payload.ts";
import { isDeferral } from "../job/defer.ts";
import { compose } from "../job/middleware.ts";
import type { Execute } from "./attempt.ts";
import { callHooks } from "./call-hooks.ts";
import { hideSecrets, secretsOf } from "./hide-secrets.ts";
import { keepOutput } from "./keep-output.ts";
import { RunContext } from "./run-context.ts";
import type { Worker } from "./worker.ts";

/** What handlers run in. */
export type HandlerRuntime<Env> = Pick<Worker<Env>, "handlers" | "middleware" | "env" | "jobs" | "store" | "logger" | "limits" | "redact">;

/** Runs it in this process. */
export function executeHere<Env>(runtime: HandlerRuntime<Env>): Execute {
  const runs = new Map([...runtime.handlers].map(([name, handler]) => [name, compose(runtime.middleware, handler)]));

  const redacted = new Set(runtime.redact?.map((name) => name.toLowerCase()));

  return async (attempt) => {
    const { job } = attempt;
    const [handler, run] = [runtime.handlers.get(job.name), runs.get(job.name)];
    if (!handler || !run) throw new MayflyError("unknown_job", `There is no handler for ${job.name} where it was to be run.`);
    try {
      if (job.hook !== null) return await callHooks(runtime, attempt, handler);
      if (job.inexact) throw inexact(job.name, job.inexact);

      const checking = validatePayload(handler.definition.schema, job.payload);
      const payload = checking instanceof Promise ? await checking : checking;
      if (!payload.ok) throw misfit(job.name, payload.problems);

      const output = await run(new RunContext(runtime, attempt, payload.value));
      return isDeferral(output) ? { deferral: output } : keepOutput(output, runtime.limits.outputBytes);
    } catch (error) {
      // The innermost place: logs, spans and the result come of what it throws.
      throw hideSecrets(error, secretsOf(job.payload, redacted));
    }
  };
}

/** The error of a stored payload that does not fit its schema. No further attempt could go better. */
function misfit(name: string, found: Problems): MayflyError {
  const problems = new Problems();
  problems.addAll(found, ["payload"]);
  return Object.assign(problems.error("invalid_payload", `The stored payload of ${name} does not fit its schema`), { retry: false });
}

/** The error of a payload that plain SQL put in with a number that no handler would see as it is. */
function inexact(name: string, found: string): Error {
  const message = `The stored payload of ${name} holds a whole number of ${found.length} digits, which JavaScript would round. Store it as text.`;
  return Object.assign(new MayflyError("invalid_payload", message), { retry: false });
}
