/**
 * The starter in workerd on a real Postgres, and operators who look at it through Chromium.
 * @module
 */
import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { Browser, BrowserContextOptions, ConsoleMessage, Page } from "playwright-core";
import { launchChromium } from "../../support/chromium.ts";
import { until } from "../../support/condition.ts";
import { empty } from "../../support/content.ts";
import { type Deployment, OPERATOR, startDeployment } from "../../support/deployment.ts";

/** What a test needs of the starter and its users. */
export interface Stage extends Deployment {
  /** Signs somebody up, and answers who it is; a poke greets them. */
  signUp(email: string): Promise<string>;
  /** Opens a page that nobody has signed in to. Whatever Chromium complains about fails the test. */
  visit(use: (page: Page) => Promise<void>, options?: BrowserContextOptions): Promise<void>;
  /** The same for an operator who has signed in, and sees the overview. */
  operate(use: (page: Page) => Promise<void>, options?: BrowserContextOptions): Promise<void>;
  /** Keeps whatever writes to these tables of the app from getting on, until the answer is called. */
  hold(...tables: ("report" | "email")[]): Promise<() => Promise<void>>;
}

/** A page that has come with such a status is told on the console, too. */
const EXPECTED = /the server responded with a status of (401|404|422)/;

/** Of all who stand on it: to start Chromium and workerd takes longer than most tests. */
let started: Promise<readonly [Browser, Deployment]> | undefined;
after(async () => {
  for (const one of (await started) ?? []) await one.close();
});

/** Starts everything before the tests of a suite, unless one before has; without what that has left behind, and with what `prepare` makes. */
export function onStage(prepare: (stage: Stage) => Promise<void> = async () => {}): Stage {
  let deployment: Deployment;
  let browser: Browser;
  /** A context takes longer to open than a page: without options of its own a test takes over that of the one before. */
  let desk: Page | undefined;
  before(async () => {
    started ??= Promise.all([launchChromium(), startDeployment({ config: "wrangler.toml", sql: ["examples/starter/schema.sql"] })]);
    [browser, deployment] = await started;
    await deployment.quiet();
    await empty(deployment.database);
    await deployment.database.sql("truncate app_user, email, report");
    await prepare(stage);
  });
  // It would go on refreshing itself.
  after(() => desk?.context().close());

  const stage: Stage = {
    get url() {
      return deployment.url;
    },
    get database() {
      return deployment.database;
    },
    send: (path, body, token) => deployment.send(path, body, token),
    enqueue: (job) => deployment.enqueue(job),
    tick: () => deployment.tick(),
    quiet: () => deployment.quiet(),
    close: () => deployment.close(),

    async signUp(email) {
      const response = await deployment.send("/signup", { email });
      assert.equal(response.status, 201);
      return ((await response.json()) as { userId: string }).userId;
    },
    async visit(use, options) {
      const context = await browser.newContext({ baseURL: deployment.url, ...options });
      try {
        await watched(await context.newPage(), use);
      } finally {
        await context.close();
      }
    },
    async operate(use, options) {
      const work = async (page: Page) => {
        if (page === desk && page.url() !== "about:blank") await page.goto("/");
        else await signIn(page);
        await use(page);
      };
      if (options) return await stage.visit(work, options);
      desk ??= await (await browser.newContext({ baseURL: deployment.url })).newPage();
      await watched(desk, work);
    },
    async hold(...tables) {
      const client = await deployment.database.pool.connect();
      await client.query("begin");
      await client.query(`lock table ${tables.join(", ")} in exclusive mode`);
      return async () => {
        await client.query("rollback");
        client.release();
      };
    },
  };
  return stage;
}

/** Fails for whatever the browser has to complain about. */
async function watched(page: Page, use: (page: Page) => Promise<void>): Promise<void> {
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  const onConsole = (message: ConsoleMessage) => {
    if (message.type() === "error" && !EXPECTED.test(message.text())) complaints.push(message.text());
  };
  const onError = ({ message }: Error) => complaints.push(message);
  page.on("console", onConsole).on("pageerror", onError);
  await use(page);
  page.off("console", onConsole).off("pageerror", onError);
  assert.deepEqual(complaints, []);
}

/** Fills in the form, and waits for the overview. */
export async function signIn(page: Page, token = OPERATOR.token): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Operator token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}

/** The texts of a list's rows, without its head, once it is there. */
export async function rowsOf(page: Page, caption: string | RegExp): Promise<string[]> {
  const table = page.getByRole("table", { name: caption });
  await table.waitFor();
  return (await table.locator("tbody tr").allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
}

/** What the last action said. */
export async function said(page: Page): Promise<string> {
  return (await page.getByRole("status").or(page.getByRole("alert")).innerText()).replace(/\s+/g, " ").trim();
}

/** Chooses in a list of filters, and waits for what it shows. */
export async function filter(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) {
    const input = page.getByLabel(label, { exact: true });
    if (label === "State" || label === "Status") await input.selectOption(value);
    else await input.fill(value);
  }
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL((url) => Object.values(fields).every((value) => [...url.searchParams.values()].includes(value)));
}

/** Waits until that many jobs run, and answers their ids. */
export async function untilRunning({ database }: Stage, count: number): Promise<string[]> {
  return await until(async () => {
    const running = await database.sql<{ id: string }>("select id from mayfly.running order by id");
    return running.length === count && running.map(({ id }) => id);
  });
}
