/**
 * The HTTP API, one Hono app for every runtime. Translates requests to the queue's client; decides nothing itself.
 * @module
 */
import { type Context, Hono } from "hono";
import { MayflyError } from "../core/errors.ts";
import { isUuid } from "../core/ids.ts";
import type { JobDefinition } from "../core/job-definition.ts";
import type { EnqueueResult, JobsClient } from "../core/jobs-client.ts";
import type { Logger } from "../core/logger.ts";
import type { OperatorClient } from "../core/operator-client.ts";
import type { ScheduleEntry } from "../core/schedule.ts";
import { addPages } from "./add-pages.ts";
import { authenticate, type Tokens } from "./auth.ts";
import { parseEnqueueBody } from "./enqueue-body.ts";
import { problemResponse } from "./problem.ts";
import { readJson } from "./read-body.ts";
import { addTickRoute, type RunTick } from "./tick.ts";

export interface AppOptions<Env> {
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  /** The queue's client for a request. */
  readonly jobs: (context: Context<{ Bindings: Env & object }>) => JobsClient;
  readonly operator: (env: Env) => OperatorClient;
  /** The application whose schedules these are. */
  readonly application: string;
  readonly schedules: readonly ScheduleEntry[];
  /** Undefined where this program has no handlers. */
  readonly tick: () => RunTick<Env> | undefined;
  readonly tokens: (env: Env) => Tokens;
  /** Bytes of a body. */
  readonly maxBytes: number;
  readonly logger: Logger;
  /** Loads the dashboard. */
  readonly pages: () => Promise<Hono<{ Bindings: Env & object }>>;
}

/** The API's routes: `GET /healthz`, `POST /v1/jobs`, `GET /v1/jobs/:id`, `POST /v1/tick`; and the dashboard. */
export function createApp<Env>({ definitions, jobs, tick, tokens, maxBytes, logger, pages }: AppOptions<Env>) {
  const app = new Hono<{ Bindings: Env & object }>();

  app.onError((error) => {
    const response = problemResponse(error);
    if (response.status >= 500) logger.error("request failed", { error });
    return response;
  });

  app.get("/healthz", (c) => c.json({ status: "ok" }));

  addTickRoute<Env>(app, { tick, tokens });

  app.use("/v1/*", async (c, next) => {
    const { role } = await authenticate(c.req.raw, tokens(c.env));
    if (role === "scheduler") throw new MayflyError("forbidden", "This token starts ticks only.");
    c.header("cache-control", "no-store");
    await next();
  });

  app.post("/v1/jobs", async (c) => {
    const { jobs: requested, batch } = parseEnqueueBody(await readJson(c.req.raw, maxBytes), definitions, "POST /v1/jobs");
    const client = jobs(c);
    if (batch) {
      const results = await client.enqueueMany(requested);
      return c.json({ jobs: results }, results.some(isNew) ? 201 : 200);
    }
    const [definition, payload, options] = requested[0] as (typeof requested)[number];
    const result = await client.enqueue(definition, payload, options);
    if (isNew(result)) c.header("location", `${new URL(c.req.url).pathname.replace(/\/$/, "")}/${result.id}`);
    return c.json(result, isNew(result) ? 201 : 200);
  });

  app.get("/v1/jobs/:id", async (c) => {
    const id = c.req.param("id");
    const job = isUuid(id) ? await jobs(c).get(id) : undefined;
    if (!job) throw new MayflyError("not_found", `There is no job ${id.slice(0, 64)}, or its results have been removed.`);
    return c.json(job);
  });

  app.all("/v1/*", () => problemResponse(new MayflyError("not_found", "There is no such route.")));

  addPages(app, pages);

  return app;
}

function isNew({ outcome }: EnqueueResult): boolean {
  return outcome === "enqueued";
}
