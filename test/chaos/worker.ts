/**
 * The app of the chaos, as a Worker.
 */
import type { MayflyEnvironment } from "mayfly";
import { cloudflare } from "mayfly/cloudflare";
import { chaosHandlers, chaosMayfly } from "./app.ts";

const mayfly = chaosMayfly((env: MayflyEnvironment & { readonly DATABASE_URL?: string }) => env.DATABASE_URL ?? "");

export default cloudflare(mayfly, { handlers: chaosHandlers });
