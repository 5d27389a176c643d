/**
 * The real parts that the chaos is about: a Postgres, bad networks in front of it, workers in containers and in workerd, and a disk that fills.
 * @module
 */
import { join } from "node:path";
import pgClient from "pg";
import { pgDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { startNeonEndpoint } from "../../src/dev/neon-endpoint/server.ts";
import { until } from "../support/condition.ts";
import { openDatabase, startTestServer, type TestDatabase } from "../support/database.ts";
import type { PostgresServer } from "../support/postgres.ts";
import type { Random } from "../support/random.ts";
import { mountSmallDisk, type SmallDisk } from "../support/small-disk.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { keep, type Program } from "./programs.ts";
import { type Sink, startSink } from "./sink.ts";

export interface World {
  readonly server: PostgresServer;
  /** As superuser, past the bad network. */
  readonly calm: TestDatabase;
  /** Connection string of the app, over the bad network. */
  readonly url: string;
  /** What the app's connections and its requests to Neon's endpoint pass. */
  readonly networks: readonly TcpProxy[];
  readonly containers: readonly Program[];
  /** Undefined where the chaos goes without. */
  readonly workerd: Program | undefined;
  /** Undefined where none can be mounted. */
  readonly disk: SmallDisk | undefined;
  readonly sink: Sink;
  close(): Promise<void>;
}

/** Of the app: no superuser, so that limits hold for it. */
export const ROLE = "chaos_app";
const OPERATOR = "ada:a-token-for-tests";
const DISK_MB = 96;

/** The role may do what an app's may, and nothing more. */
const SET_UP = `
  select mayfly.grant_v1('worker', '${ROLE}'), mayfly.grant_v1('operator', '${ROLE}');
  create schema chaos;
  create table chaos.row (id uuid primary key, claim_id uuid not null);
  grant usage on schema chaos to ${ROLE};
  grant select, insert on chaos.row to ${ROLE}`;

/** Starts all. */
export async function startWorld(random: Random, { withWorkerd }: { readonly withWorkerd: boolean }): Promise<World> {
  const { server, stop } = await startTestServer(18);
  const disk = mountSmallDisk(DISK_MB);
  const calm = await makeDatabase(server, disk);
  const network = await startTcpProxy({ to: server.port, random: random.next });
  const url = roleUrl(calm.url, network.port);
  const sink = await startSink();
  const worker = (...flags: string[]) =>
    keep(["src/cli/mayfly.ts", "worker", "--config", join(import.meta.dirname, "container.config.ts"), "--stats-every", "0", ...flags], {
      DATABASE_URL: url,
      SINK: sink.url,
    });
  const containers = [worker("--in-process", "--concurrency", "8"), worker("--max-processes", "2")];
  const edge = withWorkerd ? await startEdge(server, calm, sink, random) : undefined;
  return {
    server,
    calm,
    url,
    networks: [network, ...(edge ? [edge.network] : [])],
    containers,
    workerd: edge?.program,
    disk,
    sink,
    async close() {
      await Promise.all(containers.map((one) => one.stop()));
      await edge?.close();
      await network.close();
      await sink.close();
      await calm.close();
      await stop();
      await disk?.remove();
    },
  };
}

function roleUrl(url: string, port: number): string {
  const parsed = new URL(url);
  parsed.username = ROLE;
  parsed.port = String(port);
  return parsed.href;
}

/** On the small disk, where there is one. Only the write-ahead log lies elsewhere: a server whose log has no room ends, as a restart does it. */
async function makeDatabase(server: PostgresServer, disk: SmallDisk | undefined): Promise<TestDatabase> {
  const first = openDatabase(server.url(), 1);
  if (disk) await first.sql(`create tablespace small location '${disk.path}'`);
  await first.sql(`create role ${ROLE} login`);
  await first.sql(`create database chaos template migrated ${disk ? "tablespace small" : ""}`);
  await first.close();
  const calm = openDatabase(server.url("chaos"), 6);
  await calm.sql(SET_UP);
  return calm;
}

interface Edge {
  readonly program: Program;
  readonly network: TcpProxy;
  close(): Promise<void>;
}

/** workerd in front of Neon's endpoint, over a bad network of its own, and what a cron does every half second. */
async function startEdge(server: PostgresServer, calm: TestDatabase, sink: Sink, random: Random): Promise<Edge> {
  const pool = new pgClient.Pool({ connectionString: roleUrl(calm.url, server.port), max: 10, connectionTimeoutMillis: 5_000 });
  pool.on("error", () => {});
  const endpoint = await startNeonEndpoint({ database: pgDatabase(pool) });
  const network = await startTcpProxy({ to: Number(new URL(endpoint.url).port), random: random.next });
  const program = keep(["test/chaos/workerd-program.ts"], {
    DATABASE_URL: `postgresql://user:password@127.0.0.1:${network.port}/db`,
    MAYFLY_NEON_ENDPOINT: `http://127.0.0.1:${network.port}/sql`,
    MAYFLY_OPERATOR_TOKENS: OPERATOR,
    SINK: sink.url,
  });
  const over = new AbortController();
  const ticking = tickOften(program, over.signal);
  await until(() => program.output().includes("at http"));
  return {
    program,
    network,
    async close() {
      over.abort();
      await ticking;
      program.kill();
      await program.stop();
      await network.close();
      await endpoint.close();
      await pool.end();
    },
  };
}

async function tickOften(program: Program, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const at = [...program.output().matchAll(/^at (http\S+)$/gm)].at(-1)?.[1];
    const limits = AbortSignal.any([signal, AbortSignal.timeout(30_000)]);
    const headers = { authorization: `Bearer ${OPERATOR}` };
    if (at)
      await fetch(`${at}/v1/tick`, { method: "POST", headers, signal: limits }).then(
        (response) => response.text(),
        () => {},
      );
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
