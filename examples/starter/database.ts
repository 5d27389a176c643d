/**
 * The app's own database, the same one that holds the queue.
 */

import { neon, neonConfig } from "@neondatabase/serverless";
import type { MayflyEnvironment } from "mayfly";

export interface Env extends MayflyEnvironment {
  readonly DATABASE_URL: string;
}

export function connect(env: Env) {
  // Set by `npm start`, which has an endpoint of its own; in production the host implies it.
  if (env.MAYFLY_NEON_ENDPOINT) neonConfig.fetchEndpoint = env.MAYFLY_NEON_ENDPOINT;
  return neon(env.DATABASE_URL);
}
