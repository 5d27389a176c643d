/**
 * The conformance application as a handler of Web requests.
 */
import { createMayfly } from "mayfly";
import { fetchHandler } from "mayfly/fetch";
import { type ConformanceEnv, conformanceHandlers, conformanceOptions } from "mayfly/testing";

export default {
  fetch: fetchHandler(createMayfly<ConformanceEnv>(conformanceOptions), { handlers: conformanceHandlers, maxDuration: "12s" }),
};
