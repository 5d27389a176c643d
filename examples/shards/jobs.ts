/**
 * The jobs of a shop whose customers are spread over two databases.
 */
import { defineJob } from "mayfly";
import * as z from "zod";

/** Bills a customer. What one key guards has to be in one database: a customer's invoices are, one at a time. */
export const invoice = defineJob("invoice", {
  payload: z.object({ customer: z.string(), cents: z.int() }),
  retries: 3,
  limit: { running: 1 },
  concurrencyKey: ({ customer }) => customer,
});

export const handlers = [invoice.handle(({ payload: { customer, cents } }) => `${customer} owes ${cents / 100}`)];
