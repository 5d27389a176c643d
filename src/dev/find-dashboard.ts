/**
 * Where the local Worker has its dashboard.
 * @module
 */

/** The root, and the path of the README and of `mayfly init`. */
const USUAL = ["", "/mayfly"];

/**
 * Asks the Worker at the usual paths for the page that a dashboard signs in at.
 * @returns its address; undefined where it is at none of these paths
 */
export async function findDashboard(url: string): Promise<string | undefined> {
  for (const path of USUAL) {
    const response = await fetch(`${url}${path}/sign-in`, { redirect: "manual" }).catch(() => undefined);
    if (response?.ok && (await response.text()).includes("· Mayfly</title>")) return `${url}${path || "/"}`;
  }
  return undefined;
}
