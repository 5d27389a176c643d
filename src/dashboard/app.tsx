/**
 * The operator's dashboard: server-rendered pages, useful without JavaScript. Everything but the door and the assets is for those who
 * have signed in, and every form bears their session's token.
 * @module
 */

import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { basePath } from "hono/route";
import { secureHeaders } from "hono/secure-headers";
import { Hono } from "hono/tiny";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import type { Tokens } from "../http/auth.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { JobsClient } from "../job/jobs-client.ts";
import type { OperatorClient } from "../operate/operator-client.ts";
import type { ScheduleEntry } from "../schedule/schedule.ts";
import type { LedgerStatus } from "../wake/status.ts";
import { askForToken, type Door, signIn } from "./actions/sign-in.tsx";
import { assets } from "./assets.ts";
import { takeFlash } from "./flash.ts";
import { type Frame, linksFrom, localLink, type Page, type PageContext } from "./page-context.ts";
import { failed, notFound, problem, refused } from "./pages/problem.tsx";
import { field } from "./respond.ts";
import { actions, pages } from "./routes.ts";
import { same } from "./secret.ts";
import { isOwnOrigin, type Session, sessionOf } from "./session.ts";

export interface DashboardOptions<Env> {
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  readonly jobs: (context: Context<{ Bindings: Env & object }>) => JobsClient;
  readonly operator: (context: Context<{ Bindings: Env & object }>) => OperatorClient;
  /** How the wake ledger stands; undefined: there is none that can be asked. */
  readonly ledger: (context: Context<{ Bindings: Env & object }>) => Promise<LedgerStatus> | undefined;
  readonly application: string;
  readonly schedules: readonly ScheduleEntry[];
  readonly tokens: (env: Env) => Tokens;
  /** Counts a wrong token; false: too many came from there before it. */
  readonly countWrong: (context: Context<{ Bindings: Env & object }>) => Promise<boolean>;
  /** Names of properties whose values are not shown. */
  readonly redact: readonly string[];
  readonly clock: Pick<Clock, "now">;
  readonly logger: Logger;
}

/** A form holds a payload, or the ids of a thousand jobs. */
const MOST_BYTES = 512 * 1_024;

/** Forms that are not even looked at, by status. */
const REFUSALS = {
  400: "What was sent is not a form.",
  403: "A form may be sent only by a page of this dashboard.",
  413: "The form is too large.",
} as const;

const HEADERS = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    scriptSrc: ["'self'"],
    imgSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  // No-referrer would make the origin of forms "null".
  referrerPolicy: "same-origin",
  xFrameOptions: "DENY",
  // Whether a whole host speaks TLS only is not for one of its paths to say.
  strictTransportSecurity: false,
});

/** The pages, to be mounted at any path. */
export function createDashboard<Env>(options: DashboardOptions<Env>): Hono<{ Bindings: Env & object }> {
  const { definitions, application, schedules, clock, logger } = options;
  const app = new Hono<{ Bindings: Env & object }>();
  const hidden = new Set(options.redact.map((name) => name.toLowerCase()));
  const frameOf = (c: Context): Frame => ({ link: linksFrom(basePath(c)) });

  app.onError((error, c) => {
    const text = error instanceof HTTPException ? REFUSALS[error.status as keyof typeof REFUSALS] : undefined;
    if (text !== undefined)
      return problem(c, frameOf(c), { status: (error as HTTPException).status as 400, title: "Nothing was done", text });
    const { response, internal } = failed(c, frameOf(c), error);
    if (internal) logger.error("page failed", { error });
    return response;
  });

  app.use(HEADERS);

  for (const { file, type, body } of Object.values(assets)) {
    app.get(`/assets/${file}`, (c) => c.body(body, 200, { "content-type": type, "cache-control": "public, max-age=31536000, immutable" }));
  }

  app.use(async (c, next) => {
    c.header("cache-control", "no-store");
    await next();
  });
  app.use(csrf({ origin: isOwnOrigin }));
  app.use(bodyLimit({ maxSize: MOST_BYTES }));

  const doorOf = (c: Context<{ Bindings: Env & object }>): Door => ({
    frame: frameOf(c),
    tokens: options.tokens(c.env),
    now: clock.now(),
    countWrong: () => options.countWrong(c),
  });
  app.get("/sign-in", (c) => askForToken(c, doorOf(c)));
  app.post("/sign-in", (c) => signIn(c, doorOf(c)));

  const whoAsks = (c: Context<{ Bindings: Env & object }>, now: number): Promise<Session | undefined> =>
    sessionOf(c, { tokens: options.tokens(c.env), now, signIns: () => options.operator(c).signIns });

  /** Runs a page for an operator; sends everybody else to the door. */
  const forOperators = (page: Page) => async (c: Context<{ Bindings: Env & object }>) => {
    const [frame, base, now] = [frameOf(c), basePath(c), clock.now()];
    const session = await whoAsks(c, now);
    const reads = c.req.method === "GET" || c.req.method === "HEAD";
    if (!session) return c.redirect(frame.link("/sign-in", { next: reads ? here(c, base) : undefined }), 303);
    if (!reads && !same(await field(c, "csrf"), session.csrf)) return refused(c, { ...frame, session });
    const flash = await takeFlash(c, base, session);
    const context: PageContext = {
      ...frame,
      session,
      ...(flash ? { flash } : {}),
      now,
      jobs: options.jobs(c),
      operator: options.operator(c),
      ledger: async () => await options.ledger(c),
      definitions,
      application,
      schedules,
      redact: hidden,
    };
    try {
      return await page(c, context);
    } catch (error) {
      const { response, internal } = failed(c, context, error);
      if (internal) logger.error("page failed", { error });
      return response;
    }
  };
  for (const [path, page] of pages) app.get(path, forOperators(page));
  for (const [path, action] of actions) app.post(path, forOperators(action));
  app.all("*", async (c) => {
    const session = await whoAsks(c, clock.now());
    return notFound(c, { ...frameOf(c), ...(session ? { session } : {}) });
  });
  return app;
}

/** What was asked for, relative to the base. */
function here(c: Context, base: string): string {
  const { pathname } = new URL(c.req.url);
  return localLink(pathname.slice(base.replace(/\/+$/, "").length) || "/", c.req.query());
}
