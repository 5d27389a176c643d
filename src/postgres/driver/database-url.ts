/**
 * The driver of a connection string.
 * @module
 */
import { openTcp } from "#tcp";
import type { Driver } from "./driver.ts";
import { neonHttp } from "./neon-http.ts";
import { isNeonUrl } from "./neon-url.ts";

/**
 * Neon's protocol where an endpoint is given or the host is Neon's, else a connection over TCP, where the runtime has them.
 * @throws `invalid_config`
 */
export function driverOfUrl(url: string, endpoint: string | undefined): Driver {
  return endpoint !== undefined || isNeonUrl(url) ? neonHttp(url, { endpoint }) : openTcp(url);
}
