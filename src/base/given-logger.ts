/**
 * Loggers as programs have them: pino, winston, the console, consola, each as it is.
 * @module
 */
import type { Logger } from "./logger.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;

type Level = (typeof LEVELS)[number];

/** What a program may give as its logger: a `Logger`, one of pino or winston, the console, consola. `child` may be absent. */
export type GivenLogger = {
  readonly [level in Level]: (message: string, fields?: Record<string, unknown>) => unknown;
} & { readonly child?: (fields: Record<string, unknown>) => unknown };

/** Whether it has what every logger has. */
export function isLogger(given: unknown): given is GivenLogger {
  return (
    typeof given === "object" && given !== null && LEVELS.every((level) => typeof (given as Partial<GivenLogger>)[level] === "function")
  );
}

/** The logger that writes to it. */
export function toLogger(given: GivenLogger): Logger {
  if (isPino(given)) return fieldsFirst(given);
  return typeof given.child === "function" ? (given as Logger) : withFields(given, {});
}

/** Takes the fields first, then the message. */
interface Pino extends Readonly<Record<Level, (fields: object, message: string) => void>> {
  bindings(): unknown;
  child(fields: object): Pino;
}

function isPino(given: object): given is Pino {
  return "bindings" in given && typeof given.bindings === "function" && "child" in given && typeof given.child === "function";
}

function fieldsFirst(pino: Pino): Logger {
  return {
    ...forEachLevel((level) => (message, { error, ...fields } = {}) => {
      // Its name for what was thrown: the only one that it writes with message and stack.
      pino[level]({ ...fields, ...(error === undefined ? {} : { err: error }) }, message);
    }),
    child: (fields) => fieldsFirst(pino.child(fields)),
  };
}

function withFields(given: GivenLogger, own: Record<string, unknown>): Logger {
  return {
    ...forEachLevel((level) => (message, fields) => {
      const all = { ...own, ...fields };
      if (Object.keys(all).length === 0) given[level](message);
      else given[level](message, all);
    }),
    child: (more) => withFields(given, { ...own, ...more }),
  };
}

function forEachLevel(write: (level: Level) => Logger[Level]): Pick<Logger, Level> {
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
