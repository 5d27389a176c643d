/**
 * Connections that end by themselves, under a program that listens to nothing: it lives on, and its next call connects anew.
 * @module
 */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import pgClient from "pg";
import { testServer } from "../../support/database.ts";
import type { SharedPostgres } from "../../support/postgres.ts";

const PROGRAM = join(import.meta.dirname, "programs/producer.ts");

/** Starts the program. `ended` is its exit code, after its last connection has ended. */
async function start(url: string, env: Record<string, string> = {}) {
  const child = fork(PROGRAM, { env: { ...process.env, DATABASE_URL: url, ...env }, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  const closed = once(child, "exit").then(([code]) => code as number | null);
  const answer = () =>
    Promise.race([
      once(child, "message").then(([message]) => message as string),
      closed.then((code) => assert.fail(`the program ended with ${code}: ${said}`)),
    ]);
  assert.equal(await answer(), "ready");
  return {
    async query() {
      const answered = answer();
      child.send("query");
      return await answered;
    },
    async end() {
      child.disconnect();
      assert.equal(await closed, 0, said);
    },
  };
}

/** A message of Postgres's protocol. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5, type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const WELCOME = message("R", Buffer.alloc(4));
const READY = message("Z", Buffer.from("I"));
const FATAL = message("E", Buffer.from("SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"));

/** What a server may do with a connection, once it has been asked for one. */
const ENDINGS: Record<string, (socket: Socket) => void> = {
  "is closed as it is accepted": (socket) => socket.end(),
  "is reset as it is accepted": (socket) => socket.resetAndDestroy(),
  "ends before it is ready": (socket) => socket.end(Buffer.concat([WELCOME, FATAL])),
  "ends in the very message that says it is ready": (socket) => socket.end(Buffer.concat([WELCOME, READY, FATAL])),
  "is closed by the message that says it is ready": (socket) => socket.end(Buffer.concat([WELCOME, READY])),
  "is refused twice in a message": (socket) => socket.end(Buffer.concat([FATAL, FATAL])),
};

for (const [ending, end] of Object.entries(ENDINGS)) {
  test(`a connection that ${ending} fails its call and nothing else`, async (context) => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => end(socket));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    context.after(() => server.close());
    const program = await start(`postgresql://u@127.0.0.1:${(server.address() as AddressInfo).port}/d`);
    for (let n = 0; n < 3; n++) assert.equal(await program.query(), "failed");
    await program.end();
  });
}

describe("Postgres", () => {
  let server: SharedPostgres;
  let admin: pgClient.Client;
  before(async () => {
    ({ server } = await testServer(18));
    admin = new pgClient.Client(server.url());
    await admin.connect();
  });
  after(async () => {
    await admin.end();
    await server.stop();
  });
  const terminate = async (url: string) => {
    const { rowCount } = await admin.query("select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1", [
      new URL(url).pathname.slice(1),
    ]);
    return rowCount ?? 0;
  };

  test("an idle connection that the server ends is replaced at the next call", async () => {
    const url = await server.createDatabase();
    const program = await start(url);
    for (let n = 0; n < 3; n++) {
      // The first call after it may still be given the connection that has gone.
      while ((await program.query()) !== "answered");
      assert.equal(await terminate(url), 1);
    }
    await program.end();
  });

  test("sessions that are ended all the time, also as they open, end no program", async () => {
    const url = await server.createDatabase();
    const program = await start(url, { ONE_USE: "1" });
    let over = false;
    const terminating = (async () => {
      let ended = 0;
      while (!over) ended += await terminate(url);
      return ended;
    })();
    for (let n = 0; n < 200; n++) await program.query();
    over = true;
    assert.ok((await terminating) > 0);
    await program.end();
  });
});
