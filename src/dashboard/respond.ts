/**
 * Sending pages, and going on after an action.
 * @module
 */
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { JSX } from "hono/jsx/jsx-runtime";
import { basePath } from "hono/route";
import type { BodyData } from "hono/utils/body";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { isUuid } from "../base/ids.ts";
import { type Flash, leaveFlash } from "./flash.ts";
import type { PageContext } from "./page-context.ts";

/** A page. Its components are all synchronous: what they show has been asked for before. */
export function show(c: Context, page: JSX.Element, status: ContentfulStatusCode = 200): Response {
  return c.html(`<!doctype html>${page.toString()}`, status);
}

/** Where a form said to go on, if that is in this dashboard; else here. */
export async function goBack(c: Context, context: PageContext, fallback: string, flash: Flash): Promise<Response> {
  await leaveFlash(c, basePath(c), context.session, flash);
  const { back } = await formOf(c);
  return c.redirect(context.link(localPath(back) ?? fallback), 303);
}

/** A path with its query, relative to the base, that leads nowhere else. */
export function localPath(given: unknown): string | undefined {
  if (typeof given !== "string" || !given.startsWith("/")) return undefined;
  const url = URL.parse(given, "http://dashboard");
  if (url?.origin !== "http://dashboard" || url.pathname.startsWith("//")) return undefined;
  return `${url.pathname}${url.search}`;
}

/**
 * The form that has been sent; of fields that are there several times, the last, or all in a list.
 * @throws `HTTPException` 400 where it is broken
 */
export async function formOf(c: Context, all = false): Promise<BodyData> {
  try {
    return await c.req.parseBody({ all });
  } catch (cause) {
    throw new HTTPException(400, { cause });
  }
}

/** One field of a form that has been sent. */
export async function field(c: Context, name: string): Promise<string> {
  const value = (await formOf(c))[name];
  return typeof value === "string" ? value : "";
}

/** The ids that a form has sent, as checkboxes or as one text, each once. */
export async function idsOf(c: Context, most: number): Promise<string[]> {
  const { id = [] } = await formOf(c, true);
  const texts = (Array.isArray(id) ? id : [id]).flatMap((one) => (typeof one === "string" ? one.split(" ") : []));
  return [...new Set(texts.filter(isUuid))].slice(0, most);
}
