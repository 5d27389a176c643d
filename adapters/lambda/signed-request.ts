/**
 * A signed request to AWS (Signature Version 4), with the credentials that a function has in its environment. Two calls do not need a client: neither the
 * bundle grows by it, nor does a cold start wait for its loading.
 * @module
 */
import { hex, sha256 } from "../../src/base/digest.ts";

export interface SignedRequest {
  /** As signatures name it: "sqs". */
  readonly service: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

/** What a function has, by the names of its environment. */
export interface AwsEnvironment {
  readonly AWS_REGION?: string;
  readonly AWS_ACCESS_KEY_ID?: string;
  readonly AWS_SECRET_ACCESS_KEY?: string;
  readonly AWS_SESSION_TOKEN?: string;
  /** Of the invocation, as Lambda's runtime sets it: AWS counts by it how many invocations have led to each other. */
  readonly _X_AMZN_TRACE_ID?: string;
}

const encoder = new TextEncoder();

/** The headers of a POST, signature included. `now` in milliseconds. */
export async function signedHeaders(
  { service, url, headers, body }: SignedRequest,
  env: AwsEnvironment,
  now: number,
): Promise<Record<string, string>> {
  const { AWS_REGION = "", AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "", AWS_SESSION_TOKEN, _X_AMZN_TRACE_ID } = env;
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  const day = time.slice(0, 8);
  const { host, pathname } = new URL(url);
  const signed: Record<string, string> = {
    ...headers,
    host,
    "x-amz-date": time,
    ...(AWS_SESSION_TOKEN ? { "x-amz-security-token": AWS_SESSION_TOKEN } : {}),
  };
  const names = Object.keys(signed).toSorted(byCodeUnit);
  const canonical = [
    "POST",
    pathname,
    "",
    ...names.map((name) => `${name}:${signed[name]}`),
    "",
    names.join(";"),
    hex(await sha256(body)),
  ].join("\n");
  const scope = `${day}/${AWS_REGION}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", time, scope, hex(await sha256(canonical))].join("\n");
  let key: Uint8Array<ArrayBuffer> | ArrayBuffer = encoder.encode(`AWS4${AWS_SECRET_ACCESS_KEY}`);
  for (const part of [day, AWS_REGION, service, "aws4_request"]) key = await hmac(key, part);
  const signature = hex(new Uint8Array(await hmac(key, toSign)));
  const { host: _host, ...sent } = signed;
  return {
    ...sent,
    ...(_X_AMZN_TRACE_ID ? { "x-amzn-trace-id": _X_AMZN_TRACE_ID } : {}),
    authorization: `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

async function hmac(key: Uint8Array<ArrayBuffer> | ArrayBuffer, text: string): Promise<ArrayBuffer> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return await crypto.subtle.sign("HMAC", imported, encoder.encode(text));
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : 1;
}
