/**
 * A URL whose answers a test holds back.
 * @module
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Gate } from "../../src/testing/index.ts";

export async function openGate(): Promise<Gate> {
  const arrived = Promise.withResolvers<void>();
  const waiting: ServerResponse[] = [];
  let open = false;
  const server = createServer((_request, response) => {
    arrived.resolve();
    if (open) response.end("open");
    else waiting.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrived: arrived.promise,
    open() {
      open = true;
      for (const response of waiting.splice(0)) response.end("open");
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
