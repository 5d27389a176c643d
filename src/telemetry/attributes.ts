/**
 * What spans and metrics say: names of the messaging conventions where they have one, `mayfly.*` elsewhere.
 * @module
 */
import type { Attributes } from "@opentelemetry/api";
import type { ClaimedJob } from "../store/claimed-job.ts";

/** What a message does here. The name is the operation's, the type the conventions' kind of it. */
export type Operation = "create" | "send" | "process";

/** On every span and metric of an operation. */
export function operation(name: Operation): Attributes {
  return { "messaging.system": "mayfly", "messaging.operation.name": name, "messaging.operation.type": name };
}

/** Of metrics: an operation on jobs of one queue and name. */
export function jobsOf(name: Operation, queue: string, job: string, more?: Attributes): Attributes {
  return { ...operation(name), "messaging.destination.name": queue, "mayfly.job.name": job, ...more };
}

/** Of the span of an attempt, or of a hook. */
export function attemptOf(job: ClaimedJob, claimId: string): Attributes {
  return {
    ...jobsOf("process", job.queue, job.name),
    "messaging.message.id": job.id,
    "mayfly.attempt": job.attempt,
    "mayfly.claim.id": claimId,
    "code.function.name": `${job.name}.${job.hook === null ? "run" : "hook"}`,
  };
}

/** Of `path:line`, as `callSite` tells it. */
export function codeOf(source: string | undefined): Attributes {
  const [, path, line] = /^(.+):(\d+)$/.exec(source ?? "") ?? [];
  return path === undefined ? {} : { "code.file.path": path, "code.line.number": Number(line) };
}
