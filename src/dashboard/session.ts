/**
 * Sessions of operators: a cookie signed by a key that comes of the operator's own token. Removing the token from the environment ends its
 * sessions; signing out ends one, which is remembered in the database until the cookie would have ended by itself.
 * @module
 */
import type { Context } from "hono";
import { deleteCookie, getSignedCookie, setSignedCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import { hex, sha256 } from "../base/digest.ts";
import { identify, isLoopback, type Tokens } from "../http/auth.ts";
import type { SignIns } from "../operate/sign-ins.ts";
import { sessionKey, sign } from "./secret.ts";

/** Somebody who has signed in. */
export interface Session {
  /** Whose token it was: see `Identity`. */
  readonly name: string;
  /** Goes into every form. */
  readonly csrf: string;
  readonly key: Uint8Array<ArrayBuffer>;
  /** Of its cookie, which it does not tell. */
  readonly id: string;
}

const COOKIE = "mayfly_session";
const SESSION_MS = 12 * 3_600_000;

/** Whether it is asked for on the machine itself. */
export function isLocal(c: Context): boolean {
  return isLoopback(c.req.url);
}

/** Whether the browser speaks TLS, to here or to a proxy that need not say so: with every form it sends the origin of its page. */
function isSecure(c: Context): boolean {
  const speaks = [new URL(c.req.url).protocol, c.req.header("x-forwarded-proto"), c.req.header("origin")];
  return speaks.some((one) => one !== undefined && /^https(:|$)/.test(one));
}

/** Whether a form was sent by a page of this host. A proxy may have taken the TLS away. */
export function isOwnOrigin(origin: string, c: Context): boolean {
  const { protocol, host } = new URL(c.req.url);
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  return from.host === host && (from.protocol === protocol || from.protocol === "https:");
}

/** Whether a browser would not keep the session: it is not served over TLS. */
export function isPlain(c: Context): boolean {
  return new URL(c.req.url).protocol === "http:" && !isLocal(c) && !isSecure(c);
}

/** Cookies of the dashboard go to it alone, out of reach of scripts, and over TLS except on one's own machine. */
export function cookieOptions(c: Context, base: string): CookieOptions {
  const secure = !isLocal(c) || isSecure(c);
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
export async function sessionOf(
  c: Context,
  { tokens, now, signIns }: { readonly tokens: Tokens; readonly now: number; readonly signIns: () => SignIns },
): Promise<Session | undefined> {
  for (const token of tokens.operator) {
    const key = await sessionKey(token);
    const value = await getSignedCookie(c, key, COOKIE);
    if (!value) continue;
    if (!(Number(value.split(".")[0]) > now)) return undefined;
    const identity = await identify(token, tokens, c.req.url);
    if (identity?.role !== "operator") return undefined;
    const id = hex(await sha256(`mayfly session ${value}`)).slice(0, 32);
    if (await signIns().isOver(id)) return undefined;
    return { name: identity.name, csrf: hex(await sign(key, `csrf ${value}`)), key, id };
  }
  return undefined;
}
