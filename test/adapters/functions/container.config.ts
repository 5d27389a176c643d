/**
 * The conformance application as `mayfly worker` runs it.
 */
import { createMayfly } from "mayfly";
import { type ConformanceEnv, conformanceHandlers, conformanceOptions } from "mayfly/testing";

export const mayfly = createMayfly<ConformanceEnv>(conformanceOptions);
export const handlers = conformanceHandlers;
export const worker = { maxProcesses: 2, connectFor: 0, statsEvery: 0 };
