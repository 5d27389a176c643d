/**
 * Where in the program something was called.
 * @module
 */

/**
 * File and line of the caller of `below`, a function that is being called right now. Undefined where the runtime keeps
 * no stack of V8's kind.
 */
export function callSite(below: (...args: never[]) => unknown): string | undefined {
  if (typeof Error.captureStackTrace !== "function") return undefined;
  const holder: { stack?: unknown } = {};
  const limit = Error.stackTraceLimit;
  try {
    // One frame is all that is looked at; making up ten would cost more than the rest.
    Error.stackTraceLimit = 1;
    Error.captureStackTrace(holder, below);
  } catch {
    return undefined;
  } finally {
    Error.stackTraceLimit = limit;
  }
  return typeof holder.stack === "string" ? parseFrame(holder.stack.split("\n").at(-1) ?? "") : undefined;
}

/** `path:line` of `at name (path:line:column)` or `at path:line:column`. */
function parseFrame(frame: string): string | undefined {
  const [, where = ""] = /^\s*at (?:async )?(.*)$/.exec(frame) ?? [];
  const opened = where.indexOf(" (");
  const place = opened >= 0 && where.endsWith(")") ? where.slice(opened + 2, -1) : where;
  const [, path, line] = /^(?!eval at )(?:file:\/\/)?(.+):(\d+):\d+$/.exec(place) ?? [];
  return path === undefined ? undefined : `${path}:${line}`;
}
