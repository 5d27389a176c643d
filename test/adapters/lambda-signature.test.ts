/**
 * Requests to AWS are signed as AWS's own client signs them.
 * @module
 */
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { test } from "node:test";
import { signedHeaders } from "../../adapters/lambda/signed-request.ts";

interface Signer {
  sign(request: object, options: { signingDate: Date }): Promise<{ readonly headers: Readonly<Record<string, string>> }>;
}

/** A part of AWS's client, which this repository has as a tool. */
const requireOfClient = createRequire(createRequire(import.meta.url).resolve("@aws-sdk/client-lambda"));
const { SignatureV4 } = requireOfClient("@smithy/signature-v4") as { SignatureV4: new (options: object) => Signer };

/** A hash as the client takes it. */
class Sha256 {
  readonly #hash;
  constructor(secret?: Uint8Array | string) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

const NOW = Date.parse("2026-11-26T13:07:05.250Z");
const KEYS = {
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};

for (const [what, session, service, path] of [
  ["a request to SQS, with the credentials of a role", "session/token==", "sqs", "/"],
  ["a request to the scheduler, with those of a user", undefined, "scheduler", "/schedules/jobs-2026-11-26T13-07"],
] as const) {
  test(what, async () => {
    const host = `${service}.eu-central-1.amazonaws.com`;
    const request = { service, url: `https://${host}${path}`, headers: { "content-type": "application/json" }, body: '{"a":"ä"}' };
    const credentials = {
      accessKeyId: KEYS.AWS_ACCESS_KEY_ID,
      secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY,
      ...(session ? { sessionToken: session } : {}),
    };
    const signer = new SignatureV4({ credentials, region: KEYS.AWS_REGION, service, sha256: Sha256, applyChecksum: false });
    const { headers } = await signer.sign(
      { method: "POST", protocol: "https:", hostname: host, path, headers: { ...request.headers, host }, body: request.body },
      { signingDate: new Date(NOW) },
    );
    const signed = await signedHeaders(request, { ...KEYS, ...(session ? { AWS_SESSION_TOKEN: session } : {}) }, NOW);
    assert.equal(signed.authorization, headers.authorization);
  });
}
