/**
 * One JSON object a line on the console, the form that Workers, Lambda and container logs keep.
 * @module
 */
import type { Logger } from "../core/logger.ts";

type Level = "debug" | "info" | "warn" | "error";

/** Logs as JSON: level, message, the fields of this logger and of the call. Errors as name, message, stack and code. */
export function consoleLogger(fields: Record<string, unknown> = {}): Logger {
  const write =
    (level: Level) =>
    (message: string, more: Record<string, unknown> = {}) => {
      console[level](JSON.stringify({ level, message, ...fields, ...more }, plainErrors));
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (more) => consoleLogger({ ...fields, ...more }),
  };
}

function plainErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack } = value;
  return { name, message, stack, ...("code" in value ? { code: value.code } : {}), ...(value.cause ? { cause: value.cause } : {}) };
}
