/**
 * What `#tcp` is in a bundle for Workers: there each program names its client of Postgres, which otherwise every bundle would hold.
 * @module
 */
import type { Driver } from "./driver.ts";
import { neonHttp } from "./neon-http.ts";

/** @throws `invalid_config`: says what to write instead */
export const openTcp = (url: string): Driver => neonHttp(url);
