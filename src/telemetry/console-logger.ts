/**
 * One JSON object a line on the console, the form that Workers, Lambda and container logs keep.
 * @module
 */
import type { Logger } from "../base/logger.ts";
import { serializeError } from "../base/serialize-error.ts";

type Level = "debug" | "info" | "warn" | "error";

/** Logs as JSON: level, message, the fields of this logger and of the call. Errors as name, message, stack and code. */
export function consoleLogger(fields: Record<string, unknown> = {}): Logger {
  const write =
    (level: Level) =>
    (message: string, more: Record<string, unknown> = {}) => {
      console[level](toLine({ level, message, ...fields, ...more }));
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (more) => consoleLogger({ ...fields, ...more }),
  };
}

/** Whatever a handler throws or logs, there is a line, and no error from here. */
function toLine(record: Record<string, unknown>): string {
  try {
    return JSON.stringify(record, plainErrors);
  } catch {
    return JSON.stringify(Object.fromEntries(Object.entries(record).map(([name, value]) => [name, readable(value)])));
  }
}

/** As JSON has it, or as text. */
function readable(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value, plainErrors) ?? "null");
  } catch {
    const { name, message, stack } = serializeError(value, 4_096);
    return { name, message, stack };
  }
}

function plainErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack } = value;
  return { name, message, stack, ...("code" in value ? { code: value.code } : {}), ...(value.cause ? { cause: value.cause } : {}) };
}
