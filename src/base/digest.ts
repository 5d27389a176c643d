/**
 * Digests, and ids made of them: for what has to be recognised when it is asked for once more.
 * @module
 */

/** SHA-256 of a text. */
export async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** Bytes as text. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The UUIDv8 (RFC 9562, section 5.8) that these texts, none of which holds a NUL, always give. */
export async function derivedId(...parts: readonly string[]): Promise<string> {
  const bytes = (await sha256(parts.join("\0"))).slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
