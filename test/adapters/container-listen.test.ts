/**
 * Hearing of new jobs over connections that do not last.
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import pg from "pg";
import { listenWith } from "../../adapters/container/index.ts";
import { systemClock } from "../../src/app/system-clock.ts";
import { WakeSignal } from "../../src/worker/wake-signal.ts";
import { until } from "../support/condition.ts";
import { recordingLogger } from "../support/worker.ts";

/** Listens at a server that treats each connection so. */
async function listenAt(treat: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    treat(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const logger = recordingLogger();
  const listener = listenWith(() => new pg.Client({ host: "127.0.0.1", port, user: "u" }))({
    queues: ["default"],
    wakeSignal: new WakeSignal(),
    clock: systemClock,
    logger,
  });
  return { listener, server, logger };
}

test("a connection that ends as it opens is told of, and tried again", async () => {
  const { listener, server, logger } = await listenAt((socket) => socket.end());
  await once(server, "connection");
  await once(server, "connection");
  await until(() => logger.lines.some(({ message }) => message.startsWith("cannot listen")));
  assert.equal(listener.listening, false);
  await listener.close();
  server.close();
});

test("whoever stops listening while the connection still opens waits for no answer", async () => {
  const sockets: Socket[] = [];
  const { listener, server } = await listenAt((socket) => sockets.push(socket.resume()));
  await once(server, "connection");
  await listener.close();
  server.close();
});
