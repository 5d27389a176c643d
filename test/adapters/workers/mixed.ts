/**
 * The Worker of a mixed deployment: it has the ledger, and calls the container.
 */
import { DurableObject } from "cloudflare:workers";
import { cloudflare, durableObjects, ledgerOf } from "mayfly/cloudflare";
import { type Env, light, mayfly } from "./mixed-queue.ts";

const options = {
  handlers: [light.handle<Env>(() => {})],
  callees: ({ CONTAINER_URL = "", CRON_SECRET = "" }: Env) => [{ url: `${CONTAINER_URL}/wake`, token: CRON_SECRET }],
};

const worker = cloudflare(mayfly, options);

export default {
  ...worker,
  async fetch(request: Request, env: Env, context: Parameters<typeof worker.fetch>[2]) {
    if (new URL(request.url).pathname === "/ledger") return Response.json(await ledgerOf(env)?.status());
    return await worker.fetch(request, env, context);
  },
};

export const { MayflyLedger, MayflyLane } = durableObjects(mayfly, options, DurableObject);
