/**
 * Has one thing measured, in a process and a database of its own.
 * @module
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import pgClient from "pg";
import type { TestServer } from "../test/support/database.ts";
import type { Figures, Options } from "./scenario.ts";

/** What is to be measured. */
export interface Order {
  readonly scenario: string;
  readonly url: string;
  readonly subject: string;
  readonly options: Options;
}

/** Measures it, and leaves nothing behind. */
export async function measureApart({ server, database }: TestServer, order: Omit<Order, "url">): Promise<Figures> {
  const { url, close } = await database();
  await close();
  const child = fork(join(import.meta.dirname, "run-one.ts"), { serialization: "advanced" });
  const ended = once(child, "exit");
  let figures: Figures | undefined;
  child.once("message", (message) => {
    figures = message as Figures;
  });
  child.send({ ...order, url } satisfies Order);
  await ended;
  if (!figures) throw new Error(`${order.subject} in ${order.scenario} ended without figures.`);
  const admin = new pgClient.Client(server.url());
  await admin.connect();
  await admin.query(`drop database ${new URL(url).pathname.slice(1)} with (force)`);
  await admin.end();
  return figures;
}
