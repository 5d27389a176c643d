/**
 * Pausing and resuming queues and schedules, and running a schedule now.
 * @module
 */
import { isText } from "../../base/bounds.ts";
import { isMayflyError } from "../../base/errors.ts";
import { isUuid } from "../../base/ids.ts";
import { jobNow } from "../../schedule/run-schedule.ts";
import type { Page, PageContext } from "../page-context.ts";
import { field, goBack } from "../respond.ts";
import { enqueued } from "./enqueued.ts";

/** An action on a queue. */
function queueAction(act: (context: PageContext, queue: string) => Promise<void>, done: string): Page {
  return async (c, context) => {
    const queue = await field(c, "queue");
    if (!isText(queue)) return goBack(c, context, "/queues", { kind: "failed", text: "That is no queue." });
    await act(context, queue);
    return goBack(c, context, "/queues", { kind: "done", text: `The queue ${queue} ${done}.` });
  };
}

/** An action on a schedule, by application and name. */
function scheduleAction(act: (context: PageContext, application: string, name: string) => Promise<boolean>, done: string): Page {
  return async (c, context) => {
    const [application, name] = [await field(c, "application"), await field(c, "name")];
    const found = isText(application) && isText(name) && (await act(context, application, name));
    return goBack(
      c,
      context,
      "/schedules",
      found
        ? { kind: "done", text: `The schedule ${name} ${done}.` }
        : { kind: "warning", text: "That schedule is gone: a deployment since has removed it. Nothing was done." },
    );
  };
}

export const pauseQueue = queueAction(({ operator }, queue) => operator.pauseQueue(queue), "is paused; what runs goes on");
export const resumeQueue = queueAction(({ operator }, queue) => operator.resumeQueue(queue), "is open again");
export const pauseSchedule = scheduleAction(({ operator }, application, name) => operator.pauseSchedule(application, name), "is paused");
export const resumeSchedule = scheduleAction(
  ({ operator }, application, name) => operator.resumeSchedule(application, name),
  "is on again",
);

export const runNow: Page = async (c, context) => {
  const name = await field(c, "name");
  const entry = context.schedules.find((one) => one.name === name);
  if (!entry) return goBack(c, context, "/schedules", { kind: "failed", text: "This program does not know that schedule." });
  try {
    const id = await field(c, "id");
    const by = { createdBy: context.session.name, ...(isUuid(id) ? { id } : {}) };
    const result = await context.jobs.enqueue(...jobNow(entry, new Date(context.now), by));
    return goBack(c, context, "/schedules", enqueued(`The job of ${name}`, result));
  } catch (error) {
    if (!isMayflyError(error) || error.problems.length + Number(error.code === "invalid_payload") === 0) throw error;
    return goBack(c, context, "/schedules", { kind: "failed", text: error.message });
  }
};
