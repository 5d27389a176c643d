/**
 * The app of the chaos, in a container.
 * @module
 */
import pg from "pg";
import { type ChaosEnv, chaosHandlers, chaosMayfly, inSight, row } from "./app.ts";

export const mayfly = chaosMayfly((env) => env.DATABASE_URL ?? "");

let pool: pg.Pool | undefined;

/** A handler's own connection suffers as the queue's does. */
function own(env: ChaosEnv): pg.Pool {
  if (!pool) {
    pool = new pg.Pool({ connectionString: env.DATABASE_URL, max: 2, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
    pool.on("connect", (client) => client.on("error", () => {}));
    pool.on("error", () => {});
  }
  return pool;
}

export const handlers = [
  ...chaosHandlers,
  row.handle<ChaosEnv>((context) =>
    inSight(context, context.payload.ms, () =>
      own(context.env).query("insert into chaos.row (id, claim_id) values ($1, $2) on conflict (id) do nothing", [
        context.id,
        context.claimId,
      ]),
    ),
  ),
];
