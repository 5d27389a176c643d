/**
 * The shop as a Worker. Whatever its jobs need from others they ask at one address, which the script answers at.
 * @module
 */
import { scheduled } from "../../adapters/cloudflare/index.ts";
import { createMayfly, defer, type MayflyEnvironment } from "../../src/index.ts";
import { catalogue, countsAsAttempt, jobs, receipt, remind, report, resize, schedules, stock } from "./jobs.ts";

interface Env extends MayflyEnvironment {
  readonly DATABASE_URL: string;
  readonly OTHERS: string;
}

class PaymentError extends Error {
  override readonly name = "PaymentError";
}

const mayfly = createMayfly<Env>({ jobs, schedules, database: (env) => env.DATABASE_URL });

async function ask({ OTHERS }: Env, path: string, signal: AbortSignal): Promise<Response> {
  return await fetch(`${OTHERS}/${path}`, { signal });
}

async function deliver(env: Env, to: string, signal: AbortSignal): Promise<object> {
  const response = await ask(env, `mail/${to}`, signal);
  if (!response.ok) throw new Error(`the mail server refused ${to}: mailbox unavailable`);
  return { accepted: to };
}

const handlers = [
  countsAsAttempt.handle<Env>(async function chargeCard({ payload, env, signal }) {
    const response = await ask(env, `pay/${payload.order}`, signal);
    if (response.status === 402) throw Object.assign(new PaymentError(`order ${payload.order}: the card was declined`), { retry: false });
    if (!response.ok) throw new PaymentError(`order ${payload.order}: the payment provider answered ${response.status}`);
    return { order: payload.order, paid: payload.amount, reference: `ch_${payload.order.toString(36)}x7` };
  }),
  receipt.handle<Env>(({ payload, env, signal }) => deliver(env, payload.to, signal)),
  remind.handle<Env>(({ payload, env, signal }) => deliver(env, payload.to, signal)),
  resize.handle<Env>(async ({ payload, env, signal }) => {
    await ask(env, `photo/${payload.photo}`, signal);
    return { photo: payload.photo, sizes: payload.widths.length };
  }),
  catalogue.handle<Env>(async ({ payload, env, signal }) => {
    await ask(env, `print/${payload.season}`, signal);
    return { pages: payload.pages };
  }),
  stock.handle<Env>(async ({ payload, env, signal }) => {
    const response = await ask(env, `stock/${payload.supplier}`, signal);
    if (response.status === 429) return defer("2s");
    return { supplier: payload.supplier, articles: 214 };
  }),
  report.handle<Env>(({ payload }) => ({ day: payload.day, orders: 131, revenue: 6_412.5 })),
];

const app = mayfly.app();

export default { fetch: app.fetch, scheduled: scheduled(mayfly, { handlers, concurrency: 100 }) };
