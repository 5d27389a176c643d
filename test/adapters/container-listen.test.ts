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
import type { Clock } from "../../src/base/clock.ts";
import { WakeSignal } from "../../src/worker/wake-signal.ts";
import { until } from "../support/condition.ts";
import { testServer } from "../support/database.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { recordingLogger } from "../support/worker.ts";

/** Listens at a server that treats each connection so. */
async function listenAt(treat: (socket: Socket) => void, clock: Clock = systemClock) {
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
    clock,
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

test("a connection that never answers is given up after 10 s, and tried again", async () => {
  const clock = virtualClock();
  const { listener, server, logger } = await listenAt((socket) => socket.resume(), clock);
  await clock.sleeperOf(10_000);
  clock.advance(10_000);
  await until(() => logger.lines.some(({ fields }) => String(fields?.reason).includes("no answer within 10 s")));
  await listener.close();
  server.close();
});

test("a connection that goes silent is noticed within a minute, and replaced", async (context) => {
  const server = await testServer(18);
  const database = await server.database();
  const proxy = await startTcpProxy({ to: server.server.port, random: () => 0 });
  context.after(async () => {
    await proxy.close();
    await database.close();
    await server.stop();
  });
  const url = new URL(database.url);
  url.port = String(proxy.port);
  const clock = virtualClock();
  const woken = new WakeSignal();
  const listener = listenWith(() => new pg.Client({ connectionString: url.href }))({
    queues: ["default"],
    wakeSignal: woken,
    clock,
    logger: recordingLogger(),
  });
  await until(() => listener.listening);
  await clock.sleeperOf(30_000);
  proxy.set("silent");
  clock.advance(30_000);
  await clock.sleeperOf(5_000);
  clock.advance(5_000);
  await until(() => !listener.listening);
  proxy.set("fair");
  await until(() => {
    clock.advance(1_000);
    return listener.listening;
  });
  await listener.close();
});
