/**
 * The embedded Postgres for programs that speak to Postgres over TCP: psql, drizzle-kit, `pg`. They trust whoever is on this machine.
 * @module
 */
import { createServer, type Socket } from "node:net";
import type { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketHandler, type PGLiteSocketHandlerOptions } from "@electric-sql/pglite-socket";
import type { SessionGate } from "./session-gate.ts";

export interface TcpServer {
  close(): Promise<void>;
}

/** A client says goodbye with it. */
const TERMINATE = "X".charCodeAt(0);

/** How an answer ends after which nothing is open: neither a transaction nor a statement that is still being put together. */
const IDLE = Buffer.from("Z\0\0\0\x05I", "latin1");

/** Listens on this port of the loopback interface. */
export async function startTcpServer(db: PGlite, gate: SessionGate, port: number): Promise<TcpServer> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    // The package's own queue lets two clients put their messages into each other's statements, so it is replaced by one that does not.
    const queryQueue = sessionOf(db, gate) as unknown as PGLiteSocketHandlerOptions["queryQueue"];
    const handler = new PGLiteSocketHandler({ queryQueue });
    socket.once("close", () => {
      connections.delete(socket);
    });
    void handler.attach(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of connections) socket.destroy();
      }),
  };
}

/** What a connection's messages go through: it has the session from its first message until nothing is open any more. */
function sessionOf(db: PGlite, gate: SessionGate) {
  let leave: (() => void) | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isGone = false;

  const release = () => {
    leave?.();
    leave = undefined;
  };
  const pass = async (message: Uint8Array, onData: (data: Uint8Array) => void): Promise<number> => {
    if (isGone || message[0] === TERMINATE) return 0;
    leave ??= await gate.take();
    let end = Buffer.alloc(0);
    let bytes = 0;
    const onRawData = (data: Uint8Array) => {
      bytes += data.length;
      end = Buffer.concat([end, data]).subarray(-IDLE.length);
      onData(data);
    };
    await db.runExclusive(() => db.execProtocolRawStream(message, { onRawData }));
    if (end.equals(IDLE)) release();
    return bytes;
  };

  return {
    enqueue(_handler: number, message: Uint8Array, onData: (data: Uint8Array) => void): Promise<number> {
      const passed = last.then(() => pass(message, onData));
      last = passed.catch(() => {});
      return passed;
    },
    clearQueueForHandler: () => {
      isGone = true;
    },
    /** What the connection leaves open is rolled back once its last message is through. */
    async clearTransactionIfNeeded(): Promise<void> {
      await last;
      if (leave && db.isInTransaction()) await db.exec("rollback");
      release();
    },
  };
}
