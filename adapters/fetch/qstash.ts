/**
 * Calls by Upstash's QStash.
 * https://upstash.com/docs/qstash/features/delay, .../features/deduplication, .../howto/signature
 * @module
 */
import { ask, type CallService } from "./http-ledger.ts";

export interface QstashOptions {
  readonly token: string;
  /** Of the tick, as QStash can reach it: "https://app.example/v1/tick". */
  readonly url: string;
  /** The current signing key, and the next one while they are changed. */
  readonly signingKeys: readonly string[];
  /** Default "https://qstash.upstash.io". */
  readonly endpoint?: string;
}

/** Its free plan takes no longer delay. */
const LONGEST_MS = 7 * 86_400_000;
/** What clocks may differ by, in seconds. */
const LEEWAY = 30;

/** QStash as a service of calls. Its calls are let in by their signature, and need no token. */
export function qstash({ token, url, signingKeys, endpoint = "https://qstash.upstash.io" }: QstashOptions): CallService {
  return {
    longestMs: LONGEST_MS,
    async schedule({ at, name, lane }) {
      const headers = {
        authorization: `Bearer ${token}`,
        "upstash-method": "POST",
        ...(at === undefined ? {} : { "upstash-not-before": String(Math.floor(at / 1_000)) }),
        ...(name === undefined ? {} : { "upstash-deduplication-id": name }),
        ...(lane === undefined ? {} : { "upstash-forward-mayfly-lane": lane }),
      };
      await ask("QStash", `${endpoint}/v2/publish/${url}`, { method: "POST", headers });
    },
    async receive(request) {
      const jwt = request.headers.get("upstash-signature");
      if (!jwt || !(await isSigned(jwt, { body: await request.clone().arrayBuffer(), url, signingKeys }))) return undefined;
      const lane = request.headers.get("mayfly-lane");
      return lane === null ? {} : { lane };
    },
  };
}

interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly exp?: number;
  readonly nbf?: number;
  /** The SHA-256 of the body, in base64url. */
  readonly body?: string;
}

async function isSigned(
  jwt: string,
  { body, url, signingKeys }: { readonly body: ArrayBuffer; readonly url: string; readonly signingKeys: readonly string[] },
): Promise<boolean> {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  try {
    const { alg } = JSON.parse(new TextDecoder().decode(fromBase64Url(header))) as { readonly alg?: string };
    if (alg !== "HS256" || !(await isBy(signingKeys, `${header}.${payload}`, fromBase64Url(signature)))) return false;
    const claims = JSON.parse(new TextDecoder().decode(fromBase64Url(payload))) as Claims;
    const now = systemSeconds();
    const digest = toBase64Url(await crypto.subtle.digest("SHA-256", body));
    return (
      claims.iss === "Upstash" &&
      claims.sub === url &&
      (claims.exp ?? 0) > now - LEEWAY &&
      (claims.nbf ?? Number.POSITIVE_INFINITY) <= now + LEEWAY &&
      claims.body?.replace(/=+$/, "") === digest
    );
  } catch {
    return false;
  }
}

async function isBy(keys: readonly string[], text: string, signature: Uint8Array<ArrayBuffer>): Promise<boolean> {
  for (const secret of keys) {
    const bytes = new TextEncoder().encode(secret);
    const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    if (await crypto.subtle.verify("HMAC", key, signature, new TextEncoder().encode(text))) return true;
  }
  return false;
}

function systemSeconds(): number {
  return Date.now() / 1_000;
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
}

function toBase64Url(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
