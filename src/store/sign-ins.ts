/**
 * Sign-ins over a driver.
 * @module
 */
import type { SignIns } from "../core/sign-ins.ts";
import * as statements from "../sql/statements.ts";
import type { Ask } from "./ask.ts";

/** Failures within 15 minutes after which an address, and everybody, has to wait. */
const MOST = { address: "10", all: "300" };

export function signInsOf({ rows }: Ask): SignIns {
  return {
    async mayTry(address) {
      return (await rows(statements.signInTry, [address, MOST.address, MOST.all])).length > 0;
    },
    async succeeded(address) {
      await rows(statements.signInSuccess, [address]);
    },
  };
}
