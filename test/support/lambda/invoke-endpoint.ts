/**
 * The part of Lambda's own API that a poke calls: asynchronous invocation. Takes the event, and runs the function once it has answered.
 * @module
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface InvokeEndpoint {
  /** What `AWS_ENDPOINT_URL_LAMBDA` takes. */
  readonly url: string;
  /** What was asked for: `name type`. */
  readonly calls: readonly string[];
  /** Resolves when every invocation taken so far has ended; with what they answered. */
  finished(): Promise<unknown[]>;
  /** From now on answers with this status and invokes nothing. */
  refuse(status: number): void;
  close(): Promise<void>;
}

export async function startInvokeEndpoint(invoke: (event: unknown) => Promise<unknown>): Promise<InvokeEndpoint> {
  const calls: string[] = [];
  const running: Promise<unknown>[] = [];
  let refusal: number | undefined;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(request.url ?? "") ?? [];
    calls.push(`${name} ${request.headers["x-amz-invocation-type"]}`);
    response.writeHead(refusal ?? 202).end();
    if (refusal === undefined) running.push(invoke(JSON.parse(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    finished: () => Promise.all(running),
    refuse(status) {
      refusal = status;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
