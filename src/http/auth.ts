/**
 * Bearer tokens, in two roles. Compared by digest and in constant time; a role without tokens is closed.
 * @module
 */
import { MayflyError } from "../core/errors.ts";

/** A producer enqueues and reads; a scheduler starts ticks and nothing else; an operator may do everything. */
export type Role = "producer" | "scheduler" | "operator";

/** The tokens in force: several of each role, so that they can be rotated. */
export interface Tokens {
  readonly producer: readonly string[];
  readonly operator: readonly string[];
  readonly scheduler: readonly string[];
}

/**
 * The role of a request's token.
 * @throws `unauthorized` without a valid token
 */
export async function authenticate(request: Request, tokens: Tokens): Promise<Role> {
  const [, presented] = /^Bearer +([^\s]+)\s*$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (!presented) {
    throw new MayflyError("unauthorized", 'This needs a token. Send it as "Authorization: Bearer <token>".');
  }
  const digest = await sha256(presented);
  if (await holds(tokens.operator, digest)) return "operator";
  if (await holds(tokens.producer, digest)) return "producer";
  if (await holds(tokens.scheduler, digest)) return "scheduler";
  throw new MayflyError("unauthorized", "The token is not one of those in force.");
}

async function holds(tokens: readonly string[], digest: Uint8Array): Promise<boolean> {
  let found = false;
  for (const token of tokens) {
    if (equal(await sha256(token), digest)) found = true;
  }
  return found;
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
