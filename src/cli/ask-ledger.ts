/**
 * What the wake ledger of a deployment says, over its API: the ledger is where the consumers are, and no command is there.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import { type LedgerFacts, ledgerFactsIn } from "../operate/ledger-facts.ts";

/**
 * Asks `GET /metrics` below this address, as an operator.
 * @throws `invalid_options` where the address or the answer is none that can be used
 */
export async function askLedger(url: string, env: Readonly<Record<string, string | undefined>>): Promise<LedgerFacts> {
  const [token = ""] = (env.MAYFLY_OPERATOR_TOKENS ?? "").split(",");
  const address = `${url.replace(/\/+$/, "")}/metrics`;
  if (!URL.canParse(address))
    throw new MayflyError("invalid_options", `--url is ${JSON.stringify(url)}; it is such as "https://queue.example".`);
  const response = await fetch(address, { headers: { authorization: `Bearer ${token.trim()}` }, signal: AbortSignal.timeout(10_000) });
  const facts = response.ok ? ledgerFactsIn(await response.text()) : undefined;
  if (facts) return facts;
  const why = response.ok ? "tells of no wake ledger" : `answered ${response.status}; it takes a token of MAYFLY_OPERATOR_TOKENS`;
  throw new MayflyError("invalid_options", `${address} ${why}.`);
}
