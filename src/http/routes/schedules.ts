/**
 * Schedules: what there is, and their levers.
 * @module
 */
import { MayflyError } from "../../base/errors.ts";
import { jobNow } from "../../schedule/run-schedule.ts";
import { createdBy } from "../auth.ts";
import { type Handlers, Reply } from "../call.ts";
import { putIn, replayHeader } from "../put-in.ts";

export const scheduleRoutes: Handlers<
  "GET /v1/schedules" | "POST /v1/schedules/:name/run" | "POST /v1/schedules/:name/pause" | "POST /v1/schedules/:name/resume"
> = {
  "GET /v1/schedules": async ({ queue }) => ({ items: await queue.operator().schedules() }),
  "POST /v1/schedules/:name/run": async (call) => {
    const { params, identity, queue } = call;
    const { name } = params;
    const entry = queue.schedules.find((one) => one.name === name);
    if (!entry) throw noSchedule(name);
    const job = jobNow(entry, queue.now(), { createdBy: createdBy(identity) });
    // Not its payload: a repeat comes at another moment.
    const outcome = await putIn(call, { jobs: [job], batch: false }, { schedule: name });
    const [result] = outcome.results;
    if (!result) throw new TypeError("an enqueue of one job answered none");
    return new Reply(result, result.outcome === "enqueued" ? 201 : 200, replayHeader(outcome));
  },
  "POST /v1/schedules/:name/pause": async ({ params: { name }, queue }) => {
    if (!(await queue.operator().pauseSchedule(queue.application, name))) throw noSchedule(name);
    return { name, paused: true };
  },
  "POST /v1/schedules/:name/resume": async ({ params: { name }, queue }) => {
    if (!(await queue.operator().resumeSchedule(queue.application, name))) throw noSchedule(name);
    return { name, paused: false };
  },
};

function noSchedule(name: string): MayflyError {
  return new MayflyError("not_found", `There is no schedule ${JSON.stringify(name)} here.`);
}
