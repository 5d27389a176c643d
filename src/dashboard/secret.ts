/**
 * Keys that come of an operator's token, and what they sign.
 * @module
 */

/** HMAC-SHA-256 of a text. */
export async function sign(secret: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
}

/** The key that signs the sessions of whoever signed in with this token: without the token, none of them is valid. */
export function sessionKey(token: string): Promise<Uint8Array<ArrayBuffer>> {
  return sign(new TextEncoder().encode(token), "mayfly dashboard session, version 1");
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function same(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
