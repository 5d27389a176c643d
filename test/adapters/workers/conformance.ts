/**
 * The conformance application on Workers.
 */
import { createMayfly } from "mayfly";
import { cloudflare } from "mayfly/cloudflare";
import { type ConformanceEnv, conformanceHandlers, conformanceOptions } from "mayfly/testing";

export default cloudflare(createMayfly<ConformanceEnv>(conformanceOptions), { handlers: conformanceHandlers });
