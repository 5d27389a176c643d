/**
 * Wrong tokens, and sessions that have been signed out, over a driver.
 * @module
 */
import type { SignIns } from "../../operate/sign-ins.ts";
import type { Ask } from "../ask.ts";
import * as statements from "../sql/statements.ts";

/** Wrong tokens within 15 minutes from one address. */
const MAX_FAILURES = "10";
/** A refusal waits no longer for its count. */
const MAX_WAIT_MS = 2_000;

export function signInsOf({ rows }: Ask): SignIns {
  return {
    async failed(address) {
      return (await rows(statements.signInTry, [address, MAX_FAILURES], { signal: AbortSignal.timeout(MAX_WAIT_MS) })).length > 0;
    },
    async end(session) {
      await rows(statements.signOut, [session]);
    },
    async isOver(session) {
      return (await rows(statements.signedOut, [session])).length > 0;
    },
  };
}
