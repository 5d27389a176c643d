/**
 * The logger where the configuration names none: for people at a terminal, for machines elsewhere.
 * @module
 */
import type { Logger } from "../../src/base/logger.ts";
import { consoleLogger } from "../../src/telemetry/console-logger.ts";
import { prettyLogger } from "../../src/telemetry/pretty-logger.ts";

/** `stream`: where its lines end up. */
export function defaultLogger(stream: { readonly isTTY?: boolean } = process.stdout): Logger {
  return stream.isTTY ? prettyLogger(Date.now) : consoleLogger();
}
