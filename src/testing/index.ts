/**
 * For tests of your own: count round trips, break the network, check a driver.
 * @module
 */
export { type CountingDriver, countRoundTrips } from "./counting-driver.ts";
export { type DriverPromise, type DriverSubject, driverPromises } from "./driver-conformance.ts";
export { type Fault, type FaultDriver, injectFaults } from "./fault-driver.ts";
