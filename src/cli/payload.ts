/**
 * A payload as it is given on the command line.
 * @module
 */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { MayflyError } from "../base/errors.ts";
import { inexactIn } from "../base/json-value.ts";

export interface PayloadFlags {
  readonly payload?: string;
  readonly payloadFile?: string;
}

/** Adds its flags. */
export function addPayloadFlags(command: Command): Command {
  return command
    .option("--payload <json>", "the payload as JSON (default: {})")
    .option("--payload-file <file>", "a file with the payload as JSON; - for standard input");
}

/**
 * The payload that the flags name.
 * @throws `invalid_payload` when it is no JSON, or holds a number that would be rounded, `invalid_options` for both flags or a file that cannot be read
 */
export function readPayload({ payload, payloadFile }: PayloadFlags): unknown {
  if (payload !== undefined && payloadFile !== undefined)
    throw new MayflyError("invalid_options", "--payload and --payload-file are both given; one of them says it.");
  if (payloadFile !== undefined) return parse(readFile(payloadFile), `The payload in ${payloadFile}`);
  return payload === undefined ? {} : parse(payload, "--payload");
}

function readFile(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new MayflyError("invalid_options", `--payload-file cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function parse(text: string, what: string): unknown {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch (error) {
    throw new MayflyError("invalid_payload", `${what} is no JSON: ${(error as Error).message}`, { cause: error });
  }
  if (inexactIn(text) === undefined) return payload;
  throw new MayflyError(
    "invalid_payload",
    `${what} holds a whole number beyond 9007199254740991, which would be rounded. Write it as text.`,
  );
}
