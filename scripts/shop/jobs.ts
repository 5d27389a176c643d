/**
 * The jobs of a small shop.
 * @module
 */
import * as z from "zod";
import { defineJob, exponential, schedule } from "../../src/index.ts";

const retryDelay = exponential({ base: "700ms", max: "10m" });

export const countsAsAttempt = defineJob("charge-card", {
  payload: z.object({
    order: z.int().min(1).max(999_999),
    amount: z.number().describe("In euros"),
    method: z.enum(["card", "sepa", "paypal"]).default("card"),
    note: z.string().optional(),
  }),
  queue: "payments",
  priority: 10,
  retries: 3,
  retryDelay,
  concurrencyKey: ({ order }) => `order ${order}`,
});

export const receipt = defineJob("send-receipt", {
  payload: z.object({ order: z.int(), to: z.email() }),
  queue: "mail",
  retries: 2,
  retryDelay,
});

export const remind = defineJob("cart-reminder", {
  payload: z.object({ cart: z.string(), to: z.email() }),
  queue: "mail",
  concurrencyKey: ({ to }) => to,
});

export const resize = defineJob("resize-photo", {
  payload: z.object({ photo: z.string(), widths: z.array(z.int()) }),
  queue: "media",
  retries: 2,
  retryDelay,
  idempotent: true,
});

export const catalogue = defineJob("render-catalogue", {
  payload: z.object({ season: z.string(), pages: z.int() }),
  queue: "media",
  timeout: "10m",
});

export const stock = defineJob("sync-stock", {
  payload: z.object({ supplier: z.string() }),
  retries: 2,
  retryDelay,
  concurrencyKey: ({ supplier }) => supplier,
});

export const report = defineJob("nightly-report", { payload: z.object({ day: z.iso.date() }), concurrencyKey: ({ day }) => day });

export const jobs = [countsAsAttempt, receipt, remind, resize, catalogue, stock, report];

const dayBefore = (tick: Date) => ({ day: new Date(tick.getTime() - 1).toISOString().slice(0, 10) });

export const schedules = [
  schedule("stock-of-kiln", "*/15 * * * *", stock, { payload: { supplier: "kiln" }, overlap: "skip" }),
  schedule("stock-of-northwood", "5 * * * *", stock, { payload: { supplier: "northwood" }, overlap: "skip" }),
  schedule("nightly-report", "0 3 * * *", report, { timezone: "Europe/Berlin", payload: dayBefore }),
  schedule("catalogue", "0 6 * * mon", catalogue, { timezone: "Europe/Berlin", payload: { season: "winter", pages: 48 } }),
];
