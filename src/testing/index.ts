/**
 * For tests of your own: count round trips, break the network, check a driver or an adapter, simulate a queue.
 * @module
 */
export { type ConformanceEnv, conformanceHandlers, conformanceOptions } from "./adapter-app.ts";
export { type AdapterPromise, adapterPromises } from "./adapter-conformance.ts";
export type { AdapterSubject, Gate } from "./adapter-subject.ts";
export { type CountingDriver, countRoundTrips } from "./counting-driver.ts";
export { type DriverPromise, type DriverSubject, driverPromises } from "./driver-conformance.ts";
export { type Fault, type FaultDriver, injectFaults } from "./fault-driver.ts";
export { openSimulationDatabase, type SimulationDatabase } from "./simulation/embedded-database.ts";
export type { FaultCounts, FaultKind, Faults } from "./simulation/faults.ts";
export type { Version } from "./simulation/programs.ts";
export type { Random } from "./simulation/random.ts";
export { type Producer, type SimulationOptions, type SimulationReport, simulate } from "./simulation/simulate.ts";
