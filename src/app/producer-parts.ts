/**
 * What not every producer does.
 * @module
 */
import { callSite } from "../base/call-site.ts";
import { enqueueMany } from "../enqueue/enqueue-many.ts";
import { decide } from "../enqueue/should-enqueue.ts";
import { transactionVerbs } from "../enqueue/transactions.ts";
import type { ProducerClient } from "../job/jobs-client.ts";
import { countStore, enqueueStore } from "../postgres/producer-store.ts";
import { transactionStore } from "../postgres/transaction-store.ts";
import type { Part } from "./create-producer.ts";

/** `enqueueMany`. */
export const batches: Part<Pick<ProducerClient, "enqueueMany">> = { store: enqueueStore, verbs: enqueueMany };

/** `statement` and `transaction`. */
export const transactions: Part<Pick<ProducerClient, "statement" | "transaction">> = { store: transactionStore, verbs: transactionVerbs };

/** Jobs that have a `shouldEnqueue`. Without it they are refused, with `invalid_config`. */
export const rules: Part = { store: countStore, uses: { decide } };

/** Each job knows at which line of the program it was enqueued, which of a minified program says little. */
export const callSites: Part = { uses: { callSite } };
