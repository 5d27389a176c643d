/**
 * A queue that a Worker and a container share: each has jobs that only it runs.
 */
import { createMayfly, defineJob, type MayflyEnvironment } from "mayfly";

export interface Env extends MayflyEnvironment {
  readonly DATABASE_URL?: string;
  readonly CONTAINER_URL?: string;
}

export const light = defineJob("light");
export const heavy = defineJob("heavy", { queue: "heavy" });
/** Puts a light job in. */
export const relay = defineJob("relay", { queue: "heavy" });
/** Its first attempt has no end. */
export const endless = defineJob("endless", { queue: "heavy", retries: 1, timeout: "1h" });

export const mayfly = createMayfly<Env>({
  jobs: [light, heavy, relay, endless],
  database: (env) => env.DATABASE_URL ?? "",
  heartbeat: { interval: "1s", timeout: "3s" },
});
