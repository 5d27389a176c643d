/**
 * A wake ledger on Cloudflare for programs that run elsewhere: a host of Web requests, and a container. It has no database, and costs nothing on the free plan.
 */
import { DurableObject } from "cloudflare:workers";
import { ledgerWorker } from "mayfly/cloudflare";

interface Env {
  /** A secret that all of them share. */
  readonly CRON_SECRET: string;
  /** Where the host's API is. */
  readonly HOST_URL: string;
  /** Where the container is. */
  readonly CONTAINER_URL: string;
}

const { worker, MayflyLedger, MayflyLane } = ledgerWorker<Env>(
  {
    lanes: ({ HOST_URL, CRON_SECRET }) => ({ url: `${HOST_URL}/v1/tick`, token: CRON_SECRET }),
    callees: ({ CONTAINER_URL, CRON_SECRET }) => [{ url: `${CONTAINER_URL}/wake`, token: CRON_SECRET }],
  },
  DurableObject,
);

export { MayflyLane, MayflyLedger, worker as default };
