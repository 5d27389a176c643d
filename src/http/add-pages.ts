/**
 * Where the dashboard's pages are served, without loading them before somebody asks for one: a cron tick and the command line never do.
 * @module
 */
import type { Context, MiddlewareHandler } from "hono";
import { baseRoutePath } from "hono/route";
import { Hono } from "hono/tiny";
import { MayflyError } from "../base/errors.ts";
import { problemResponse } from "./problem.ts";

/** The API's, whatever is asked of it. */
const API = /^\/(v1|healthz|metrics|openapi\.json)(\/|$)/;
/** The dashboard's own: mounted at the root it leaves everything else to the app around it. */
const PAGES =
  /^\/((waiting|running|results|jobs|workers|schedules|queues|enqueue|cancel|search|sign-in|sign-out)(\/.*)?|assets\/\w+\.[0-9a-f]{12}\.(css|js|svg))?$/;

const NO_ROUTE = new MayflyError("not_found", "There is no such route.");

type App<Env> = Hono<{ Bindings: Env & object }>;

/**
 * Adds the pages below whatever path the app is mounted at. Under a path of its own everything there is theirs, an unknown page too.
 * @param load called once, when a page is asked for
 */
export function addPages<Env>(app: App<Env>, load: () => Promise<App<Env>>): void {
  const mounted = new Map<string, Promise<App<Env>>>();

  /** The pages under this base; a failed load is tried again. */
  function at(base: string): Promise<App<Env>> {
    const known = mounted.get(base);
    if (known) return known;
    const made = load().then((pages) => new Hono<{ Bindings: Env & object }>({ strict: false }).route(base, pages));
    mounted.set(base, made);
    made.catch(() => mounted.delete(base));
    return made;
  }

  const serve = async (c: Context<{ Bindings: Env & object }>, base: string) => (await at(base)).fetch(c.req.raw, c.env, contextOf(c));

  const handler: MiddlewareHandler<{ Bindings: Env & object }> = async (c, next) => {
    const base = baseRoutePath(c) || "/";
    const path = pathUnder(base, new URL(c.req.url).pathname);
    if (API.test(path) || (base === "/" && !PAGES.test(path))) return await next();
    return await serve(c, base);
  };
  app.all("*", handler);
  // Only where this app stands alone: within another, that one's own is asked.
  app.notFound(async (c) => (API.test(c.req.path) ? problemResponse(NO_ROUTE) : await serve(c, "/")));
}

/** The rest of a path after as many segments as the base has; a segment of a pattern may be anything. */
function pathUnder(base: string, path: string): string {
  const depth = base.split("/").filter(Boolean).length;
  return `/${path
    .split("/")
    .slice(depth + 1)
    .join("/")}`;
}

/** Hono throws where a runtime has no execution context. */
function contextOf(c: Context) {
  try {
    return c.executionCtx;
  } catch {
    return undefined;
  }
}
