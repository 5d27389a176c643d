/**
 * An operator's levers that make jobs runnable.
 * @module
 */
import { type Announce, announced, SOME_WORK } from "../enqueue/announce.ts";
import type { OperatorClient } from "../operate/operator-client.ts";

/** The operator's client, whose levers are announced. */
export function announceOperations(client: OperatorClient, announce: Announce): OperatorClient {
  const some = () => SOME_WORK;
  return {
    ...client,
    retryMany: (ids) =>
      announced(
        announce,
        some,
        () => client.retryMany(ids),
        (results) => results.some(({ outcome }) => outcome === "enqueued"),
      ),
    resumeQueue: (queue) =>
      announced(
        announce,
        () => ({ ...SOME_WORK, queues: new Set([queue]) }),
        () => client.resumeQueue(queue),
        () => true,
      ),
    // No job is runnable by it, but its next tick may be due before all that is known of: somebody has to look at schedules.
    resumeSchedule: (application, name) =>
      announced(
        announce,
        () => ({ ready: 0, dueInMs: 0, queues: undefined }),
        () => client.resumeSchedule(application, name),
        (isThere) => isThere,
      ),
  };
}
