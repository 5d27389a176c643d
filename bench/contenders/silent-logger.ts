/**
 * Nobody logs while a clock runs.
 * @module
 */
import type { Logger } from "../../src/base/logger.ts";

/** Says nothing. */
export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
