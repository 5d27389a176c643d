/**
 * Bearer tokens, in two roles. Compared by digest and in constant time; a role without tokens is closed.
 * @module
 */
import { hex, sha256 } from "../base/digest.ts";
import { MayflyError } from "../base/errors.ts";

/** A producer enqueues and reads; a scheduler starts ticks and nothing else; an operator may do everything. */
export type Role = "producer" | "scheduler" | "operator";

/** The tokens in force: several of each role, so that they can be rotated. */
export interface Tokens {
  readonly producer: readonly string[];
  readonly operator: readonly string[];
  readonly scheduler: readonly string[];
}

/** Whose token it is. */
export interface Identity {
  readonly role: Role;
  /**
   * Whom its jobs say they are from, and whose idempotency keys they are: what stands before the first colon of the token, so that one
   * producer may have several (`shop:secret-1`, `shop:secret-2`); without a colon, the beginning of its digest.
   */
  readonly name: string;
}

/** The name of tokens that are taken on the machine itself only: what a page of somebody else's sends there, after it has changed its DNS entry, has another Host. */
export const LOCAL_NAME = "local";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether it was asked for on the machine itself, by the name that the client used. */
export function isLoopback(url: string): boolean {
  return LOOPBACK.has(new URL(url).hostname);
}

/** What of a token is not its name. */
export function secretOf(token: string): string {
  return token.slice(token.indexOf(":") + 1);
}

/** Who its jobs say they are from. */
export function createdBy({ name }: Identity): string {
  return `token ${name}`;
}

/** Whose token this is; undefined: it is not in force. `url`: of the request that bears it. */
export async function identify(presented: string, tokens: Tokens, url: string): Promise<Identity | undefined> {
  if (presented.startsWith(`${LOCAL_NAME}:`) && !isLoopback(url)) return undefined;
  const digest = await sha256(presented);
  for (const role of ["operator", "producer", "scheduler"] as const) {
    if (await holds(tokens[role], digest)) return { role, name: nameOf(presented, digest) };
  }
  return undefined;
}

/**
 * Whose token a request bears.
 * @param countWrong counts a wrong one; false: too many came from there before it
 * @throws `unauthorized` without a valid token, `too_many_guesses`
 */
export async function authenticate(request: Request, tokens: Tokens, countWrong: () => Promise<boolean>): Promise<Identity> {
  const [, presented] = /^Bearer +([^\s]+)\s*$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (!presented) {
    throw new MayflyError("unauthorized", 'This needs a token. Send it as "Authorization: Bearer <token>".');
  }
  const identity = await identify(presented, tokens, request.url);
  if (identity) return identity;
  if (await countWrong()) throw new MayflyError("unauthorized", "The token is not one of those in force.");
  throw new MayflyError(
    "too_many_guesses",
    "The token is not one of those in force, and too many wrong ones came from this address. The right one is taken.",
  );
}

/**
 * The identity, where its role is one of these.
 * @throws `forbidden`
 */
export function authorize(identity: Identity, roles: readonly Role[]): Identity {
  if (roles.includes(identity.role)) return identity;
  const takes = `This takes the token of ${roles.map((role) => `${article(role)} ${role}`).join(" or ")}`;
  throw new MayflyError("forbidden", `${takes}; yours is ${article(identity.role)} ${identity.role}'s.`);
}

function article(role: Role): string {
  return role === "operator" ? "an" : "a";
}

function nameOf(token: string, digest: Uint8Array): string {
  const colon = token.indexOf(":");
  if (colon > 0) return token.slice(0, colon);
  return hex(digest.slice(0, 4));
}

async function holds(tokens: readonly string[], digest: Uint8Array): Promise<boolean> {
  let found = false;
  for (const token of tokens) {
    if (equal(await digestInForce(token), digest)) found = true;
  }
  return found;
}

/** Of tokens in force, which are few, and needed by every request. */
const digests = new Map<string, Uint8Array>();
const MOST_DIGESTS = 100;

/** What is kept is the digest, not its promise: a request on Workers may not wait for what another one has begun. */
async function digestInForce(token: string): Promise<Uint8Array> {
  const known = digests.get(token);
  if (known) return known;
  const digest = await sha256(token);
  if (digests.size >= MOST_DIGESTS) digests.clear();
  digests.set(token, digest);
  return digest;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
