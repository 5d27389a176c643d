/**
 * The Lambda adapter, bundled, in a process that speaks Lambda's own protocol, over Neon's protocol on a real Postgres.
 * @module
 */

import { keepsPromises, useOwnStage } from "../support/adapter.ts";
import { bundle } from "../support/bundle.ts";
import { toEvent, toResponse } from "../support/lambda/http-event.ts";
import { createFunction } from "../support/lambda/runtime-api.ts";

const SCHEDULED = { version: "0", "detail-type": "Scheduled Event", source: "aws.events", detail: {} };
const TIMEOUT_MS = 12_000;

const stage = useOwnStage();
keepsPromises("Lambda", stage, async () => {
  const built = await bundle("test/adapters/functions/lambda.ts");
  const both = (handler: string) => createFunction({ root: built.root, handler, env: stage.env, timeoutMs: TIMEOUT_MS });
  const [api, tick] = [both("index.api"), both("index.tick")];
  return {
    request: async (path, init) => toResponse(await api.invoke(toEvent(path, init))),
    tick: async () => void (await tick.invoke(SCHEDULED)),
    crash: async () => tick.crash(),
    tooLongMs: TIMEOUT_MS,
    close: () => Promise.all([api.stop(), tick.stop()]).then(built.remove),
  };
});
