/**
 * Random numbers that can be had again from a seed.
 * @module
 */
export { type Random, seeded } from "../../src/testing/simulation/random.ts";
