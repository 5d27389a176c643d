/**
 * Has things measured, each over a database of its own, in a process of its own.
 * @module
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import pgClient from "pg";
import type { TestServer } from "../test/support/database.ts";
import type { Figures } from "./figures.ts";
import type { Options } from "./scenario.ts";

/** What is to be measured. */
export interface Order {
  readonly scenario: string;
  readonly url: string;
  readonly subject: string;
  readonly options: Options;
}

export interface Apart {
  /** Measures it, and leaves nothing behind. */
  measure(order: Omit<Order, "url">): Promise<Figures>;
  close(): void;
}

/** `shared`: one process for all, where only that everything runs is asked. */
export function measureApart({ server, database }: TestServer, shared: boolean): Apart {
  let common: ChildProcess | undefined;
  const close = () => void common?.kill();
  return {
    async measure(order) {
      const { url, close: closeIt } = await database();
      await closeIt();
      const child = common ?? start();
      if (shared) common = child;
      const figures = await ask(child, { ...order, url });
      if (!shared) child.kill();
      const admin = new pgClient.Client(server.url());
      await admin.connect();
      await admin.query(`drop database ${new URL(url).pathname.slice(1)} with (force)`);
      await admin.end();
      return figures;
    },
    close,
  };
}

function start(): ChildProcess {
  return fork(join(import.meta.dirname, "run-one.ts"), { serialization: "advanced" });
}

async function ask(child: ChildProcess, order: Order): Promise<Figures> {
  const over = new AbortController();
  const fail = () => over.abort();
  child.once("exit", fail);
  try {
    child.send(order);
    const [figures] = (await once(child, "message", over)) as [Figures];
    return figures;
  } catch (error) {
    throw new Error(`${order.subject} in ${order.scenario} ended without figures.`, { cause: error });
  } finally {
    child.off("exit", fail);
  }
}
