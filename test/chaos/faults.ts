/**
 * What goes wrong, one after the other.
 * @module
 */
import { until } from "../support/condition.ts";
import type { Random } from "../support/random.ts";
import type { Weather } from "../support/tcp-proxy.ts";
import { ROLE, type World } from "./world.ts";

export interface Fault {
  readonly name: string;
  begin(): Promise<unknown> | unknown;
  end(): Promise<unknown> | unknown;
  /** It lasts as long as the others; undefined: it is over as soon as it has begun. */
  readonly lasts: boolean;
}

export const END_SESSIONS = `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${ROLE}'`;
const nothing = () => {};

/** Every fault that this world can have. */
export function faultsOf(world: World, random: Random): Fault[] {
  const { calm, server, containers, workerd, disk } = world;
  const endSessions = () => calm.sql(END_SESSIONS);
  const oneOf = () => containers[random.below(containers.length)] as (typeof containers)[number];

  const restart = (name: string, signal: "SIGINT" | "SIGQUIT"): Fault => ({
    name,
    lasts: true,
    begin: () => server.kill(signal),
    end: () => untilDone(() => server.restart()),
  });
  /** A setting of the app's role, which takes hold of new sessions. */
  const setting = (name: string, on: string, off: string, after: () => Promise<unknown>): Fault => ({
    name,
    lasts: true,
    begin: async () => {
      await calm.sql(`alter role ${ROLE} ${on}`);
      await endSessions();
    },
    end: async () => {
      await calm.sql(`alter role ${ROLE} ${off}`);
      await after();
    },
  });
  const weather = (name: string, which: Weather, cutAfter: boolean): Fault => ({
    name,
    lasts: true,
    begin: () => {
      for (const network of world.networks) network.set(which);
    },
    end: () => {
      for (const network of world.networks) {
        network.set("fair");
        if (cutAfter) network.cut();
      }
    },
  });
  const atOnce = (name: string, begin: Fault["begin"]): Fault => ({ name, lasts: false, begin, end: nothing });

  let frozen = oneOf();
  let release: (() => Promise<void>) | undefined;
  return [
    restart("Postgres restarted, fast", "SIGINT"),
    restart("Postgres restarted, immediate", "SIGQUIT"),
    atOnce("all sessions ended", endSessions),
    atOnce("a container killed", () => oneOf().kill()),
    atOnce("a job's process killed", () => containers.some((one) => one.killChild())),
    ...(workerd ? [atOnce("workerd killed", () => workerd.kill())] : []),
    {
      name: "every worker killed between a commit and its reply",
      lasts: false,
      begin: async () => {
        for (const network of world.networks) network.set("deaf");
        await anotherResult(world);
        for (const program of [...containers, ...(workerd ? [workerd] : [])]) program.kill();
      },
      end: () => {
        for (const network of world.networks) {
          network.set("fair");
          network.cut();
        }
      },
    },
    {
      name: "a container frozen, then thawed",
      lasts: true,
      begin: () => {
        frozen = oneOf();
        frozen.freeze();
      },
      end: () => frozen.thaw(),
    },
    weather("half-open connections (black hole)", "silent", false),
    weather("replies lost after the commit", "deaf", true),
    weather("replies cut in their midst", "torn", false),
    weather("connections refused", "closed", false),
    setting("too many connections", "connection limit 0", "connection limit -1", async () => {}),
    // The sessions that began meanwhile stay read only: they have to be replaced.
    setting("read only", "set default_transaction_read_only = on", "reset default_transaction_read_only", async () => {}),
    setting("statement time-out of 1 ms", "set statement_timeout = 1", "reset statement_timeout", endSessions),
    {
      name: "a stranger's lock on the results",
      lasts: true,
      begin: async () => {
        release = await lockResults(world);
      },
      end: () => release?.(),
    },
    ...(disk ? [{ name: "disk full", lasts: true, begin: () => disk.fill(), end: () => disk.clear() }] : []),
  ];
}

/** Returns once a result has been committed; or after three seconds, where there is nothing to settle. */
async function anotherResult({ calm }: World): Promise<void> {
  const count = async () => (await calm.sql<{ n: number }>("select count(*)::int as n from mayfly.result"))[0]?.n;
  const [before, limit] = [await count(), performance.now() + 3_000];
  await until(async () => (await count()) !== before || performance.now() > limit);
}

async function lockResults({ calm }: World): Promise<() => Promise<void>> {
  const client = await calm.pool.connect();
  await client.query("begin");
  await client.query("lock table mayfly.result in access exclusive mode");
  return async () => {
    await client.query("rollback");
    client.release();
  };
}

/** A server that was ended at once may need a moment before it can be started again. */
async function untilDone(act: () => Promise<unknown>): Promise<void> {
  let tries = 0;
  await until(async () => {
    try {
      await act();
      return true;
    } catch (error) {
      if (++tries > 100) throw error;
      return false;
    }
  });
}
