/**
 * What an action has to say, shown once by the page that follows.
 * @module
 */
import type { Context } from "hono";
import { deleteCookie, getSignedCookie, setSignedCookie } from "hono/cookie";
import { cookieOptions, type Session } from "./session.ts";

export interface Flash {
  readonly kind: "done" | "warning" | "failed";
  readonly text: string;
  /** A job that it speaks of. */
  readonly job?: string;
}

const COOKIE = "mayfly_flash";
/** Sent by a page that refreshes itself: the message is for the page that a person opens. */
const REFRESH = "x-mayfly-refresh";

/** Keeps it for the next page. */
export async function leaveFlash(c: Context, base: string, { key }: Session, flash: Flash): Promise<void> {
  const short: Flash = { ...flash, text: flash.text.slice(0, 600) };
  await setSignedCookie(c, COOKIE, JSON.stringify(short), key, { ...cookieOptions(c, base), maxAge: 60 });
}

/** Takes what the action before has left. */
export async function takeFlash(c: Context, base: string, { key }: Session): Promise<Flash | undefined> {
  if (c.req.method !== "GET" || c.req.header(REFRESH) !== undefined) return undefined;
  const value = await getSignedCookie(c, key, COOKIE);
  if (value === undefined) return undefined;
  deleteCookie(c, COOKIE, cookieOptions(c, base));
  return value === false ? undefined : (JSON.parse(value) as Flash);
}
