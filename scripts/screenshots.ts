/**
 * Takes the pictures of the README: a small shop's week, in workerd on a real Postgres, seen by Chromium. Run by hand: `npm run screenshots`.
 * @module
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { launchChromium } from "../test/support/chromium.ts";
import { OPERATOR, startDeployment } from "../test/support/deployment.ts";
import { seeded } from "../test/support/random.ts";
import { startOthers } from "./shop/others.ts";
import { liveThroughAWeek } from "./shop/week.ts";

const folder = join(import.meta.dirname, "../docs/images");
/** Low, so that a picture ends where its page does. */
const WIDE = { viewport: { width: 1_280, height: 320 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

const random = seeded(7);
const others = await startOthers(random.next);
const shop = await startDeployment({ config: "scripts/shop/wrangler.toml", vars: { OTHERS: others.url } });
const browser = await launchChromium();
try {
  await liveThroughAWeek({ shop, others, random });
  mkdirSync(folder, { recursive: true });
  await inColours("light", takeAll);
  await inColours("dark", (page) => take(page, "overview-dark", "/?range=day", { most: 1_300 }));
  await inColours("light", (page) => take(page, "overview-phone", "/?range=day", { most: 2_300 }), PHONE);
} finally {
  await browser.close();
  await shop.close();
  others.close();
}

async function inColours(colorScheme: "light" | "dark", use: (page: Page) => Promise<void>, options: BrowserContextOptions = WIDE) {
  const context = await browser.newContext({ baseURL: shop.url, colorScheme, deviceScaleFactor: 1, ...options });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByLabel("Operator token").fill(OPERATOR.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  await use(page);
  await context.close();
}

async function takeAll(page: Page): Promise<void> {
  await take(page, "overview-light", "/?range=day", { most: 1_300 });
  await take(page, "waiting", "/waiting");
  await take(page, "running", "/running");
  await take(page, "results", "/results", { most: 900 });
  await take(page, "workers", "/workers");
  await take(page, "schedules", "/schedules");
  await take(page, "queues", "/queues");
  await take(page, "enqueue", "/enqueue?job=charge-card");
  const [told] = await shop.database.sql<{ id: string }>(
    `select id from mayfly.result where name = 'charge-card' group by id
     having bool_or(outcome = 'successful') and bool_or(outcome = 'errored') order by count(*) desc limit 1`,
  );
  await take(page, "job", `/jobs/${told?.id}`, { prepare: () => page.getByText("Stack").first().click() });
}

interface Take {
  readonly prepare?: () => Promise<void>;
  /** How high it may be. */
  readonly most?: number;
}

/** The whole page, or as many rows of its list as fit in a picture. */
async function take(page: Page, name: string, path: string, { prepare, most = 1_120 }: Take = {}): Promise<void> {
  await page.goto(path);
  await prepare?.();
  await page.evaluate("scrollTo(0, 0)");
  const { width = 0 } = page.viewportSize() ?? {};
  const ends: number[] = await page
    .locator("main, main tr, main .panel")
    .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().bottom));
  const height = Math.ceil(Math.max(...ends.filter((end) => end <= most)));
  await page.screenshot({ path: join(folder, `${name}.png`), clip: { x: 0, y: 0, width, height }, fullPage: true });
}
