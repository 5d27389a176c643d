/**
 * A Neon-compatible SQL-over-HTTP endpoint for development and tests. Trusts every program that reaches it, so it listens on the
 * loopback interface only, and answers nothing that a browser sends for a page: a site can make its own name lead here.
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { EndpointDatabase } from "./database.ts";
import { errorBody, ProtocolError, parseBody, parseMode, resultBody } from "./protocol.ts";

export interface NeonEndpointOptions {
  readonly database: EndpointDatabase;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default "127.0.0.1". */
  readonly host?: string;
  /** Bytes of a request. Default 64 MiB, as Neon has it. */
  readonly maxBytes?: number;
}

export interface NeonEndpoint {
  /** What `MAYFLY_NEON_ENDPOINT` takes. */
  readonly url: string;
  close(): Promise<void>;
}

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** Starts it. Throws for a host that others could reach. */
export async function startNeonEndpoint({
  database,
  port = 0,
  host = "127.0.0.1",
  maxBytes = 64 * 1_024 * 1_024,
}: NeonEndpointOptions): Promise<NeonEndpoint> {
  if (!LOOPBACK.has(host)) throw new Error(`the SQL endpoint listens on the loopback interface only, not on ${host}`);
  const server = createServer((request, response) => {
    void answer(request, response, database, maxBytes);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the SQL endpoint has no address");
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}/sql`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, database: EndpointDatabase, maxBytes: number): Promise<void> {
  try {
    if (!isOfThisMachine(request)) throw new ProtocolError(403, "the endpoint is for programs on this machine");
    if (request.url !== "/sql") throw new ProtocolError(404, "the endpoint is POST /sql");
    if (request.method !== "POST") throw new ProtocolError(405, "the endpoint is POST /sql");
    const mode = parseMode((name) => (typeof request.headers[name] === "string" ? request.headers[name] : undefined));
    const body = parseBody(await read(request, maxBytes));
    if (Array.isArray(body)) {
      const results = await database.batch(body, mode.transaction);
      send(response, 200, { results: results.map((result) => resultBody(result, mode.arrays)) });
    } else {
      send(response, 200, resultBody(await database.query(body), mode.arrays));
    }
  } catch (error) {
    if (error instanceof ProtocolError) {
      if (error.status === 413) response.setHeader("connection", "close");
      return send(response, error.status, { message: error.message, code: null });
    }
    const told = errorBody(error);
    send(response, /^[0-9A-Z]{5}$/.test(String(told.code)) ? 400 : 500, told);
  }
}

/** Whether it was asked for by a name of this machine, and by no page. */
function isOfThisMachine({ headers: { host = "", origin } }: IncomingMessage): boolean {
  return origin === undefined && LOOPBACK.has(host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1"));
}

async function read(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new ProtocolError(413, `the request is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
