/**
 * For tests of your own: count round trips, break the network, let time pass.
 * @module
 */
export { type CountingDriver, countRoundTrips } from "./counting-driver.ts";
export { type Fault, type FaultDriver, injectFaults } from "./fault-driver.ts";
