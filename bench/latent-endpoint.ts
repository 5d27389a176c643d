/**
 * A thread with Neon's protocol in front of the bench's Postgres, every request held back as if the database were far away.
 * @module
 */
import { setTimeout as delay, setImmediate as nextRound } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import pgClient from "pg";
import { type EndpointDatabase, pgDatabase } from "../src/dev/neon-endpoint/database.ts";
import { startNeonEndpoint } from "../src/dev/neon-endpoint/server.ts";

/** What starts the thread; it posts the endpoint's URL. */
export interface LatentEndpointData {
  readonly url: string;
  readonly roundTripMs: number;
}

const { url, roundTripMs } = workerData as LatentEndpointData;
const database = pgDatabase(new pgClient.Pool({ connectionString: url, max: 20 }));

/** Timers are late by up to a millisecond or two, which would be a fifth of the shortest trip. */
const TIMER_MS = 2;

async function holdBack(): Promise<void> {
  const until = performance.now() + roundTripMs;
  await delay(roundTripMs - TIMER_MS);
  while (performance.now() < until) await nextRound();
}

const latent: EndpointDatabase = {
  async query(query) {
    await holdBack();
    return await database.query(query);
  },
  async batch(queries, mode) {
    await holdBack();
    return await database.batch(queries, mode);
  },
};
const endpoint = await startNeonEndpoint({ database: latent });
parentPort?.postMessage(endpoint.url);
