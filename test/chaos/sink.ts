/**
 * Where side effects go: outside of the chaos, so that what happened is known whatever becomes of the database.
 * @module
 */
import { createServer } from "node:http";
import type { Told } from "./app.ts";

export interface Sink {
  readonly url: string;
  /** By `id|claim`: how often the handler started. */
  readonly started: ReadonlyMap<string, number>;
  /** By `id|claim`: how often it came to its end. */
  readonly ended: ReadonlyMap<string, number>;
  /** Ids of jobs whose hook was called. */
  readonly hooked: ReadonlySet<string>;
  close(): Promise<void>;
}

/** Starts it on the loopback interface. */
export async function startSink(): Promise<Sink> {
  const counts = { start: new Map<string, number>(), end: new Map<string, number>() };
  const hooked = new Set<string>();
  const note = ({ event, id, claimId }: Told) => {
    if (event === "hook") hooked.add(id);
    else counts[event].set(`${id}|${claimId}`, (counts[event].get(`${id}|${claimId}`) ?? 0) + 1);
  };
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk));
    request.on("error", () => {});
    request.on("end", () => {
      note(JSON.parse(text) as Told);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the sink has no address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    started: counts.start,
    ended: counts.end,
    hooked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
