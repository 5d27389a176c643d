/**
 * The conformance application on Lambda.
 */
import { createMayfly } from "mayfly";
import { lambda } from "mayfly/lambda";
import { type ConformanceEnv, conformanceHandlers, conformanceOptions } from "mayfly/testing";

export const { api, tick } = lambda(createMayfly<ConformanceEnv>(conformanceOptions), { handlers: conformanceHandlers });
