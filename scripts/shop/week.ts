/**
 * A week of the shop up to this moment: asked for over its API, done by its handlers, then moved to the hours at which people buy.
 * @module
 */
import { until } from "../../test/support/condition.ts";
import { type Deployment, OPERATOR } from "../../test/support/deployment.ts";
import { moveIntoThePast } from "../../test/support/history.ts";
import type { Random } from "../../test/support/random.ts";
import type { Others } from "./others.ts";

export interface Stage {
  readonly shop: Deployment;
  readonly others: Others;
  readonly random: Random;
}

type Job = Readonly<Record<string, unknown>>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BATCHES = 14;
const BATCH = 100;
const PEOPLE = ["ada", "ben", "chiara", "dmitri", "elif", "femi", "grete", "hiro", "ines", "jonas"] as const;
const PHOTOS = ["teapot", "mug-blue", "bowl-set", "vase", "plate-oval", "jug", "espresso-cup"] as const;

/** What has happened, and what is under way. */
export async function liveThroughAWeek(stage: Stage): Promise<void> {
  const { shop, others, random } = stage;
  let order = 4_100;
  const some = (count: number, make: typeof anyJob) => Array.from({ length: count }, () => make(random, ++order));
  for (let batch = 0; batch < BATCHES; batch++) await run(stage, some(BATCH, anyJob));
  others.down = true;
  await run(stage, some(16, chargeOf));
  others.down = false;
  await moveIntoThePast(shop.database, ({ nth }) =>
    // The payment provider was down for a while.
    nth >= BATCHES * BATCH ? 15 * HOUR + random.next() * 40 * MINUTE : backToShoppingHours(random),
  );
  await fireSchedules(stage);
  await leaveUnderWay(stage, order);
}

async function run({ shop }: Stage, jobs: readonly Job[]): Promise<void> {
  await shop.send("/v1/jobs", { jobs });
  await until(async () => {
    await shop.tick();
    return (await shop.database.sql("select from mayfly.live")).length === 0;
  });
  await shop.quiet();
}

function anyJob(random: Random, order: number): Job {
  const luck = random.next();
  if (luck < 0.3) return chargeOf(random, order);
  if (luck < 0.62) return { name: "send-receipt", payload: { order, to: mailOf(random) } };
  if (luck < 0.76) return { name: "cart-reminder", payload: { cart: `cart-${order}`, to: `${order}.${mailOf(random)}` } };
  if (luck < 0.93) return photoOf(random, order);
  return { name: "sync-stock", payload: { supplier: `supplier ${order}` } };
}

function chargeOf(random: Random, order: number): Job {
  return { name: "charge-card", payload: { order, amount: Math.round(900 + random.next() * 9_000) / 100 } };
}

function photoOf(random: Random, order: number): Job {
  return { name: "resize-photo", payload: { photo: `${random.pick(PHOTOS)}-${order}.jpg`, widths: [320, 640, 1_280] } };
}

function mailOf(random: Random): string {
  return `${random.pick(PEOPLE)}@${random.chance(0.004) ? "example.invalid" : "example.com"}`;
}

/** Few at night, most at noon and in the evening; of the last day more than of those before. */
function backToShoppingHours(random: Random): number {
  for (;;) {
    const back = random.next() * (random.chance(0.3) ? 24 : 7 * 24) * HOUR;
    const at = new Date(Date.now() - back);
    const hour = at.getUTCHours() + at.getUTCMinutes() / 60;
    const busy = 0.08 + 0.6 * bump(hour, 11.5, 2.5) + 0.9 * bump(hour, 19, 2.2);
    if (random.next() < busy) return back;
  }
}

function bump(x: number, middle: number, width: number): number {
  return Math.exp(-(((x - middle) / width) ** 2));
}

/** Their next ticks, as if the time had come. */
async function fireSchedules({ shop }: Stage): Promise<void> {
  await shop.database.sql("update mayfly.schedule set next_at = date_bin('15 minutes', now(), 'epoch') where name <> 'catalogue'");
  await shop.tick();
  await shop.quiet();
}

async function leaveUnderWay({ shop, random }: Stage, last: number): Promise<void> {
  let order = last;
  await shop.enqueue({ name: "render-catalogue", payload: { season: "winter", pages: 48 } });
  await shop.enqueue({ name: "render-catalogue", payload: { season: "gifts", pages: 16 } });
  // Those who print take their time; the tick that runs them ends with the shop.
  shop.tick().catch(() => {});
  await until(async () => (await shop.database.sql("select from mayfly.running")).length === 2);
  await shop.send("/v1/queues/media/pause", {}, OPERATOR.token);
  await shop.send("/v1/jobs", { jobs: Array.from({ length: 7 }, () => photoOf(random, ++order)) });
  for (const [nth, to] of PEOPLE.slice(0, 6).entries()) {
    const delay = `${20 + nth * 47}m`;
    await shop.enqueue({ name: "cart-reminder", payload: { cart: `cart-${++order}`, to: `${to}@example.com` }, delay });
  }
  await shop.enqueue({ name: "send-receipt", payload: { order: ++order, to: "femi@example.invalid" } });
  await makeLookLikeProduction(shop);
}

/** A tick a minute, of which the last are remembered; a bundle without a folder. */
async function makeLookLikeProduction({ database: { sql } }: Deployment): Promise<void> {
  await sql(`delete from mayfly.worker where left_at is not null and id not in (
    select id from mayfly.worker where left_at is not null order by id desc limit 6)`);
  await sql(`update mayfly.worker w
    set started_at = w.started_at - m.back, heartbeat_at = w.started_at - m.back + interval '0.4 seconds', left_at = w.left_at - m.back
    from (
      select id, (row_number() over (order by id desc) - 1) * interval '14 seconds' as back from mayfly.worker where left_at is not null
    ) as m where m.id = w.id`);
  await sql(`update mayfly.result set error = jsonb_set(error::jsonb, '{stack}', to_jsonb(regexp_replace(error ->> 'stack', 'file://[^ )]*/', '', 'g')))::json
    where error ->> 'stack' is not null`);
}
