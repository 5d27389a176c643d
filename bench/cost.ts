/**
 * What work costs: time by the clock, processor time of the database and of this process, bytes of the write-ahead log.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import pgClient from "pg";
import { type Figures, figureNames } from "./figures.ts";
import { perSecond } from "./statistics.ts";

export interface Meter {
  /** For queries of the measurement's own. */
  readonly database: pgClient.Client;
  /** Measures a run of so many jobs, right after a vacuum and a checkpoint. */
  measure(jobs: number, run: () => Promise<void>): Promise<Figures>;
  close(): Promise<void>;
}

interface Sample {
  readonly serverMs: number;
  /** Bytes of write-ahead log since the cluster was made. */
  readonly wal: number;
}

/**
 * A meter of the server that this database is on. As long as it is open, autovacuum is off: whether a run of some seconds meets one is chance.
 * So neither the processor time nor the log has vacuum's part, for anybody.
 */
export async function openMeter(url: string): Promise<Meter> {
  const database = new pgClient.Client(url);
  await database.connect();
  const read = async <Row extends object>(text: string) => (await database.query<Row>(text)).rows[0] as Row;
  const configure = async (change: string) => {
    await database.query(`alter system ${change}`);
    await database.query("select pg_reload_conf()");
  };
  const { postmaster } = await read<{ postmaster: number }>(
    "select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::integer as postmaster",
  );
  await configure("set autovacuum = off");

  const sample = async (): Promise<Sample> => {
    const { wal } = await read<{ wal: number }>("select (pg_current_wal_insert_lsn() - '0/0')::float8 as wal");
    return { wal, serverMs: serverTimeMs(postmaster) };
  };
  return {
    database,
    async measure(jobs, run) {
      await database.query("vacuum analyze");
      await database.query("checkpoint");
      const before = await sample();
      const clientBefore = process.cpuUsage();
      const startedAt = performance.now();
      await run();
      const ms = performance.now() - startedAt;
      const { user, system } = process.cpuUsage(clientBefore);
      const after = await sample();
      return {
        [figureNames.rate]: perSecond(jobs, ms),
        [figureNames.database]: ((after.serverMs - before.serverMs) * 1_000) / jobs,
        [figureNames.client]: (user + system) / jobs,
        [figureNames.wal]: (after.wal - before.wal) / jobs,
      };
    },
    async close() {
      await configure("reset autovacuum");
      await database.end();
    },
  };
}

/** Linux counts processor time in hundredths of a second, whatever the kernel's own tick is. */
const TICK_MS = 10;

/** Milliseconds of processor time that a server has used: its postmaster, the postmaster's children, and children that have ended. */
export function serverTimeMs(postmaster: number): number {
  let ms = 0;
  for (const folder of readdirSync("/proc")) {
    const pid = Number(folder);
    const times = Number.isInteger(pid) ? timesOf(pid) : undefined;
    if (pid === postmaster) ms += (times?.ownMs ?? 0) + (times?.endedMs ?? 0);
    else if (times?.parent === postmaster) ms += times.ownMs;
  }
  return ms;
}

interface Times {
  readonly parent: number;
  /** Of the process itself. */
  readonly ownMs: number;
  /** Of its children that have ended. */
  readonly endedMs: number;
}

/** As `man proc_pid_stat` numbers the fields: ppid is 4, utime, stime, cutime and cstime are 14 to 17. Undefined: it has just ended. */
function timesOf(pid: number): Times | undefined {
  const stat = contentOf(pid, "stat");
  if (stat === undefined) return undefined;
  // The name, in brackets, may have spaces and brackets of its own. After it comes field 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3]);
  // The same as utime and stime, in nanoseconds, where the kernel tells it.
  const exact = contentOf(pid, "schedstat")?.split(" ")[0];
  return {
    parent: field(4),
    ownMs: exact === undefined ? (field(14) + field(15)) * TICK_MS : Number(exact) / 1_000_000,
    endedMs: (field(16) + field(17)) * TICK_MS,
  };
}

function contentOf(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
