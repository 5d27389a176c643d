/**
 * `POST /v1/ledger`: the wake ledger of this program, for consumers that live elsewhere.
 * @module
 */
import { MayflyError } from "../../base/errors.ts";
import { takeCall } from "../../wake/remote-ledger.ts";
import type { Handlers } from "../call.ts";

export const ledgerRoutes: Handlers<"POST /v1/ledger"> = {
  "POST /v1/ledger": async ({ body, queue }) => {
    const ledger = queue.ledger();
    if (!ledger) throw new MayflyError("not_found", "This program has no wake ledger that can be asked.");
    return await takeCall(ledger, body);
  },
};
