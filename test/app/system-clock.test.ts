/**
 * The machine's clock, in a process that may stand still.
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";

test("after a standstill, what came in meanwhile is read before a timer that was due goes off", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = createConnection((server.address() as AddressInfo).port, "127.0.0.1");
  const [socket] = (await once(server, "connection")) as [Socket];
  const order: string[] = [];
  client.on("data", () => order.push("read"));
  const both = Promise.all([
    once(client, "data"),
    new Promise<void>((resolve) => systemClock.after(10, resolve)).then(() => order.push("timer")),
  ]);
  socket.write("the end of a job");
  // The whole process stands still, as when it is frozen and thawed.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100);
  await both;
  assert.deepEqual(order, ["read", "timer"]);
  client.destroy();
  server.close();
});

test("a timer that is taken back does not go off, also while it waits for what came in", async () => {
  let calls = 0;
  const cancel = systemClock.after(1, () => calls++);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100);
  await new Promise(setImmediate);
  cancel();
  await new Promise<void>((resolve) => systemClock.after(200, resolve));
  assert.equal(calls, 0);
});
