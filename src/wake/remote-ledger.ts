/**
 * A wake ledger that another program keeps, asked over HTTP.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { Ask, AskReply, Ledger, Settle, Wake } from "./ledger.ts";

/** Where a ledger is. */
export interface LedgerAddress {
  /** Of the API that has it, such as "https://jobs.example/mayfly". */
  readonly url: string;
  /** A scheduler's token there: the value of its `CRON_SECRET`. */
  readonly token: string;
}

/** What `POST /v1/ledger` takes: one verb, with what it is told. */
export interface LedgerCall {
  readonly wake?: Wake;
  readonly settle?: Settle;
  readonly due?: Ask;
}

/** A ledger that takes longer is not reached. */
const LONGEST_MS = 5_000;

/**
 * The ledger there. Every verb throws `no_answer` where it does not answer, or answers something else.
 * @example
 * ```ts
 * const ledger = remoteLedger({ url: "https://jobs.example", token: env.CRON_SECRET });
 * ```
 */
export function remoteLedger({ url, token }: LedgerAddress): Ledger {
  const to = `${url.replace(/\/+$/, "")}/v1/ledger`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };

  async function tell<Answer>(call: LedgerCall): Promise<Answer> {
    const refuse = (what: string, cause?: unknown) => new MayflyError("no_answer", `The wake ledger at ${to} ${what}.`, { cause });
    try {
      const signal = AbortSignal.timeout(LONGEST_MS);
      const response = await fetch(to, { method: "POST", headers, body: JSON.stringify(call), signal });
      const text = await response.text();
      if (!response.ok) throw refuse(`answered ${response.status}`);
      return JSON.parse(text) as Answer;
    } catch (error) {
      throw error instanceof MayflyError ? error : refuse("cannot be reached", error);
    }
  }

  return {
    wake: (wake) => tell<{ epoch: number }>({ wake }),
    settle: (settle) => tell({ settle }),
    due: (due) => tell<AskReply>({ due }),
  };
}

/** Tells a ledger what has come over HTTP. */
export async function takeCall(ledger: Ledger, { wake, settle, due }: LedgerCall): Promise<Partial<AskReply>> {
  if (settle) await ledger.settle(settle);
  if (due) return await ledger.due(due);
  return wake ? await ledger.wake(wake) : {};
}
