/**
 * Log lines for people at a terminal.
 * @module
 */
import type { Logger } from "../base/logger.ts";
import { printable } from "../base/printable.ts";
import { serializeError } from "../base/serialize-error.ts";

type Level = "debug" | "info" | "warn" | "error";

const COLORS: Readonly<Record<Level, number>> = { debug: 90, info: 36, warn: 33, error: 31 };

/** Logs the time, the level, the message, its fields, and below it the stack of an error. `now` is asked for each line. */
export function prettyLogger(now: () => number, fields: Record<string, unknown> = {}): Logger {
  const write =
    (level: Level) =>
    (message: string, more: Record<string, unknown> = {}) => {
      const { error, ...others } = { ...fields, ...more };
      const time = new Date(now()).toISOString().slice(11, 23);
      const details = Object.entries(others).map(([name, value]) => paint(90, ` ${harmless(name)}=`) + harmless(show(value)));
      const stack = error === undefined ? "" : `\n${indent(harmless(stackOf(error)))}`;
      console[level](`${paint(90, time)} ${paint(COLORS[level], level.padEnd(5))} ${harmless(message)}${details.join("")}${stack}`);
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (more) => prettyLogger(now, { ...fields, ...more }),
  };
}

function show(value: unknown): string {
  try {
    return typeof value === "string" && /^\S+$/.test(value) ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return serializeError(value, 1_024).message;
  }
}

/** Of an error, or of one as it is stored. */
function stackOf(error: unknown): string {
  const { name, message, stack } = (isStored(error) ? error : serializeError(error, 16_384)) as {
    name: string;
    message: string;
    stack?: string;
  };
  return stack ?? `${name}: ${message}`;
}

function isStored(error: unknown): boolean {
  return typeof error === "object" && error !== null && !(error instanceof Error) && "name" in error && "message" in error;
}

/** Names and messages may come from anybody. Lines stay lines. */
function harmless(text: unknown): string {
  return printable(String(text), "\n\t");
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}

function paint(color: number, text: string): string {
  return `\u001b[${color}m${text}\u001b[0m`;
}
