/**
 * The HTTP API, one Hono app for every runtime. Translates requests to the queue's clients; decides nothing itself.
 * @module
 */
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import { MayflyError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { OnceJobsClient } from "../enqueue/jobs.ts";
import type { EnqueueBounded } from "../enqueue/producer-bounds.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { OperatorClient } from "../operate/operator-client.ts";
import type { ScheduleEntry } from "../schedule/schedule.ts";
import type { LedgerRpc } from "../wake/status.ts";
import { addPages } from "./add-pages.ts";
import { authenticate, authorize, type Identity, type Tokens } from "./auth.ts";
import { type Handlers, type Queue, Reply } from "./call.ts";
import { SECURITY_HEADERS } from "./headers.ts";
import { describeApi } from "./openapi.ts";
import { problemResponse } from "./problem.ts";
import { readJson } from "./read-body.ts";
import { check, readQuery } from "./read-input.ts";
import { type RouteKey, routeList } from "./route-table.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { ledgerRoutes } from "./routes/ledger.ts";
import { operateRoutes } from "./routes/operate.ts";
import { scheduleRoutes } from "./routes/schedules.ts";
import { serviceRoutes } from "./routes/service.ts";
import { tickRoutes } from "./routes/tick.ts";
import { wakeRoutes } from "./routes/wake.ts";
import type { RunTick } from "./run-tick.ts";

type AppContext<Env> = Context<{ Bindings: Env & object }>;

export interface AppOptions<Env> {
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  /** The queue's client for a request. */
  readonly jobs: (context: AppContext<Env>) => OnceJobsClient;
  /** How a producer of this name enqueues; undefined: it is not bound. */
  readonly bounded: (context: AppContext<Env>, producer: string) => EnqueueBounded | undefined;
  /** The operator's, as well. */
  readonly operator: (context: AppContext<Env>) => OperatorClient;
  /** The application whose schedules these are. */
  readonly application: string;
  readonly schedules: readonly ScheduleEntry[];
  /** Undefined where there is no wake ledger that can be asked. */
  readonly ledger: (context: AppContext<Env>) => LedgerRpc | undefined;
  /** Undefined where this program has no handlers. */
  readonly tick: () => RunTick<Env> | undefined;
  readonly tokens: (env: Env) => Tokens;
  /** Counts a wrong token; false: too many came from there before it. */
  readonly countWrong: (context: AppContext<Env>) => Promise<boolean>;
  /** Bytes of a body. */
  readonly maxBytes: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Logger;
  /** Loads the dashboard. */
  readonly pages: () => Promise<Hono<{ Bindings: Env & object }>>;
}

const handlers: Handlers<RouteKey> = {
  ...serviceRoutes,
  ...jobRoutes,
  ...operateRoutes,
  ...scheduleRoutes,
  ...tickRoutes,
  ...wakeRoutes,
  ...ledgerRoutes,
};

/** Of a body that holds no jobs: its schema finds something in each part of it before it is counted. */
const SMALL_BYTES = 65_536;

/** The app of all routes in `route-table.ts`, and of the dashboard. */
export function createApp<Env>(options: AppOptions<Env>) {
  const { tokens, countWrong, maxBytes, logger } = options;
  const app = new Hono<{ Bindings: Env & object }>();
  const queueOf = queues(options);
  const whoAsks = (c: AppContext<Env>) => authenticate(c.req.raw, tokens(c.env), () => countWrong(c));

  app.onError((error) => {
    const response = problemResponse(error);
    if (response.status >= 500) logger.error("request failed", { error });
    return response;
  });

  for (const { key, method, path, roles, params, query, body, noBody, acts, checksBody, media } of routeList) {
    app.on(method, path, async (c, next) => {
      if (isOther(c)) return await next();
      let identity: Identity | undefined;
      // Before anything else of the request is read.
      if (roles) identity = authorize(await whoAsks(c), roles);
      if (acts && c.req.raw.method === "HEAD")
        throw new MayflyError("method_not_allowed", "HEAD is not taken here: it would do something.");
      const read = body && (await readJson(c.req.raw, checksBody ? maxBytes : Math.min(maxBytes, SMALL_BYTES), noBody));
      const call = {
        identity,
        params: params && check(params, c.req.param(), "The path"),
        query: query && readQuery(query, new URL(c.req.url).searchParams),
        body: body && !checksBody ? check(body, read, "The body") : read,
        request: c.req.raw,
        queue: queueOf(c),
      };
      // The table says of which type each part is; here it is any of them.
      return respond(await handlers[key](call as never), media);
    });
  }

  for (const path of new Set(routeList.map((route) => route.path))) {
    const allow = routeList.filter((route) => route.path === path).map(({ method }) => method);
    app.all(path, async (c, next) => {
      if (isOther(c)) return await next();
      if (path.startsWith("/v1/")) await whoAsks(c);
      const error = new MayflyError("method_not_allowed", `${c.req.method.slice(0, 32)} is not taken here; ${allow.join(" and ")} is.`);
      return problemResponse(error, { allow: allow.join(", ") });
    });
  }

  app.all("/v1/*", async (c) => {
    await whoAsks(c);
    throw new MayflyError("not_found", "There is no such route.");
  });

  addPages(app, options.pages);
  return app;
}

function queues<Env>({ jobs, bounded, operator, ledger, tick, now, ...fixed }: AppOptions<Env>): (c: AppContext<Env>) => Queue {
  let description: Readonly<Record<string, unknown>> | undefined;
  const describe = () => {
    description ??= describeApi(fixed.definitions);
    return description;
  };
  return (c) => {
    const run = tick();
    return {
      definitions: fixed.definitions,
      application: fixed.application,
      schedules: fixed.schedules,
      jobs: () => jobs(c),
      bounded: (producer) => bounded(c, producer),
      operator: () => operator(c),
      ledger: () => ledger(c),
      tick: run && (() => kept(c, run(c.env))),
      now: () => new Date(now()),
      describe,
    };
  };
}

/** Where the platform can, the work is kept alive when the caller hangs up. Hono throws where there is no execution context. */
function kept<Result>(c: Context, work: Promise<Result>): Promise<Result> {
  try {
    c.executionCtx.waitUntil(work.catch(() => {}));
  } catch {
    // The platform awaits the response, or nothing.
  }
  return work;
}

/** Some of Hono's routers, of which the app around may have any, take a slash at the end for nothing: to the API it makes another path. */
function isOther(c: Context): boolean {
  return c.req.path.endsWith("/");
}

function respond(answer: unknown, media: string | undefined): Response {
  const { body, status, headers } = answer instanceof Reply ? answer : new Reply(answer, 200);
  const text = media === undefined ? JSON.stringify(body) : String(body);
  return new Response(text, { status, headers: { ...SECURITY_HEADERS, "content-type": media ?? "application/json", ...headers } });
}
