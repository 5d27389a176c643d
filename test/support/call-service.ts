/**
 * A service that calls a URL at a time, as far as its API is concerned: it writes down what it is asked for, and refuses a name that it has.
 * @module
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface AskedCall {
  /** Method and path. */
  readonly what: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

export interface CallServiceServer {
  readonly url: string;
  readonly asked: AskedCall[];
  close(): Promise<void>;
}

/** `nameOf` finds the name in a request; a second one of the same name is answered with `taken`. */
export async function startCallService(
  nameOf: (call: AskedCall) => string | undefined,
  { accepted, taken }: { readonly accepted: number; readonly taken: number },
): Promise<CallServiceServer> {
  const asked: AskedCall[] = [];
  const names = new Set<string>();
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    const call = {
      what: `${request.method} ${request.url}`,
      headers: request.headers,
      body: text === "" ? undefined : (JSON.parse(text) as unknown),
    };
    asked.push(call);
    const name = nameOf(call);
    const isTaken = name !== undefined && names.has(name);
    if (name !== undefined) names.add(name);
    response.writeHead(isTaken ? taken : accepted).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
