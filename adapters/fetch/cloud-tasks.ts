/**
 * Calls by Google Cloud Tasks.
 * https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create
 * @module
 */
import { ask, type CallService } from "./http-ledger.ts";

export interface CloudTasksOptions {
  /** "projects/PROJECT/locations/LOCATION/queues/QUEUE". */
  readonly queue: string;
  /** Of the tick, as Google can reach it: "https://app.example/v1/tick". */
  readonly url: string;
  /** An access token with the scope cloud-tasks, such as the metadata server's. */
  readonly token: () => string | Promise<string>;
  /** What opens the tick: the value of CRON_SECRET. */
  readonly cronSecret: string;
  /** Default "https://cloudtasks.googleapis.com". */
  readonly endpoint?: string;
}

/** A task may be scheduled 30 days ahead (Cloud Tasks quotas). */
const LONGEST_MS = 29 * 86_400_000;
/** A task of this name is there, or was until an hour ago. */
const ALREADY_EXISTS = 409;

/** Cloud Tasks as a service of calls. */
export function cloudTasks({
  queue,
  url,
  token,
  cronSecret,
  endpoint = "https://cloudtasks.googleapis.com",
}: CloudTasksOptions): CallService {
  return {
    longestMs: LONGEST_MS,
    async schedule({ at, name, lane }) {
      const task = {
        ...(name === undefined ? {} : { name: `${queue}/tasks/${name}` }),
        ...(at === undefined ? {} : { scheduleTime: new Date(at).toISOString() }),
        httpRequest: {
          url,
          httpMethod: "POST",
          headers: { Authorization: `Bearer ${cronSecret}`, ...(lane === undefined ? {} : { "mayfly-lane": lane }) },
        },
      };
      const headers = { authorization: `Bearer ${await token()}`, "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify({ task }) };
      await ask("Cloud Tasks", `${endpoint}/v2/${queue}/tasks`, init, [ALREADY_EXISTS]);
    },
  };
}
