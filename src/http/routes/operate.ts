/**
 * What operators look at: workers, queues, numbers; and the levers of queues.
 * @module
 */
import type { Handlers } from "../call.ts";
import { ledgerFamilies } from "../ledger-families.ts";
import { metricFamilies } from "../metric-families.ts";
import { toPrometheus } from "../prometheus.ts";

export const operateRoutes: Handlers<
  | "GET /v1/workers"
  | "GET /v1/queues"
  | "POST /v1/queues/:name/pause"
  | "POST /v1/queues/:name/resume"
  | "GET /v1/stats"
  | "GET /v1/overview"
  | "GET /metrics"
> = {
  "GET /v1/workers": ({ query, queue }) => queue.operator().workers(query),
  "GET /v1/queues": ({ query, queue }) => queue.operator().queues(query),
  "POST /v1/queues/:name/pause": async ({ params: { name }, queue }) => {
    await queue.operator().pauseQueue(name);
    return { name, paused: true };
  },
  "POST /v1/queues/:name/resume": async ({ params: { name }, queue }) => {
    await queue.operator().resumeQueue(name);
    return { name, paused: false };
  },
  "GET /v1/stats": ({ queue }) => queue.operator().stats(),
  "GET /metrics": async ({ queue }) => {
    const [snapshot, ledger] = await Promise.all([
      queue.operator().metrics(),
      queue
        .ledger()
        ?.status()
        .catch(() => undefined),
    ]);
    return toPrometheus([...metricFamilies(snapshot, queue.definitions.values()), ...(ledger ? ledgerFamilies(ledger) : [])]);
  },
  "GET /v1/overview": ({ query, queue }) => queue.operator().overview(query),
};
