/**
 * Sessions of operators: a cookie signed by a key that comes of the operator's own token. Nothing is stored, and removing the token
 * from the environment ends its sessions.
 * @module
 */
import type { Context } from "hono";
import { deleteCookie, getSignedCookie, setSignedCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import { hex } from "../base/digest.ts";
import { identify, type Tokens } from "../http/auth.ts";
import { sessionKey, sign } from "./secret.ts";

/** Somebody who has signed in. */
export interface Session {
  /** Whose token it was: see `Identity`. */
  readonly name: string;
  /** Goes into every form. */
  readonly csrf: string;
  readonly key: Uint8Array<ArrayBuffer>;
}

const COOKIE = "mayfly_session";
const SESSION_MS = 12 * 3_600_000;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether it is asked for on the machine itself. */
export function isLocal(c: Context): boolean {
  return LOOPBACK.has(new URL(c.req.url).hostname);
}

/** Whether a browser would not keep the session: it is not served over TLS. */
export function isPlain(c: Context): boolean {
  return new URL(c.req.url).protocol === "http:" && !isLocal(c) && c.req.header("x-forwarded-proto") !== "https";
}

/** Cookies of the dashboard go to it alone, out of reach of scripts, and over TLS except on one's own machine. */
export function cookieOptions(c: Context, base: string): CookieOptions {
  const secure = !(new URL(c.req.url).protocol === "http:" && isLocal(c));
  return { path: base, httpOnly: true, sameSite: "Strict", secure };
}

/** Signs in with a token that is in force. */
export async function openSession(c: Context, base: string, token: string, now: number): Promise<void> {
  const value = `${now + SESSION_MS}.${hex(crypto.getRandomValues(new Uint8Array(16)))}`;
  const options = { ...cookieOptions(c, base), maxAge: SESSION_MS / 1_000 };
  await setSignedCookie(c, COOKIE, value, await sessionKey(token), options);
}

export function closeSession(c: Context, base: string): void {
  deleteCookie(c, COOKIE, cookieOptions(c, base));
}

/** Who asks; undefined: nobody, or not any more. */
export async function sessionOf(c: Context, tokens: Tokens, now: number): Promise<Session | undefined> {
  for (const token of tokens.operator) {
    const key = await sessionKey(token);
    const value = await getSignedCookie(c, key, COOKIE);
    if (!value) continue;
    if (!(Number(value.split(".")[0]) > now)) return undefined;
    const identity = await identify(token, tokens);
    if (identity?.role !== "operator") return undefined;
    return { name: identity.name, csrf: hex(await sign(key, `csrf ${value}`)), key };
  }
  return undefined;
}
