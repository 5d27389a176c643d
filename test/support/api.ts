/**
 * The HTTP API of a small queue over one Postgres, in process.
 * @module
 */
import * as z from "zod";
import { createConsumer } from "../../src/app/consumer.ts";
import type { Mayfly } from "../../src/app/create-mayfly.ts";
import { createMayfly, type Driver, defineJob, schedule } from "../../src/index.ts";
import { useDatabase } from "./database.ts";
import type { SqlDatabase } from "./each-postgres.ts";
import { recordingLogger } from "./worker.ts";

/** Two tokens of one producer, another producer, and one of each other role. */
export const TOKENS = {
  MAYFLY_PRODUCER_TOKENS: "shop:secret-1, shop:secret-2, till:secret-3",
  MAYFLY_OPERATOR_TOKENS: "boss:secret-4",
  CRON_SECRET: "cron:secret-5",
};
export const SHOP = "shop:secret-1";
export const SHOP_TOO = "shop:secret-2";
export const TILL = "till:secret-3";
export const BOSS = "boss:secret-4";
export const CRON = "cron:secret-5";

export const plain = defineJob("plain");
export const greet = defineJob("greet", {
  payload: z.object({ to: z.string().min(1), times: z.int().optional() }),
  concurrencyKey: ({ to }) => to,
  aliases: ["salute"],
});
export const ruled = defineJob("ruled", { shouldEnqueue: ({ pending }) => pending < 1 });
export const nightly = schedule("nightly", "0 3 29 2 *", greet, { payload: { to: "night" } });

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export interface AskOptions {
  readonly token?: string | undefined;
  /** Text is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer is JSON. Default true. */
  readonly parse?: boolean;
}

export type Api = ReturnType<typeof apiOver>;

/** The API over a driver. */
export function apiOver(driver: Driver) {
  const logger = recordingLogger();
  const mayfly = createMayfly({ jobs: [plain, greet, ruled], schedules: [nightly], database: () => driver, logger });
  const lifetime = { claimForMs: 1_000, hardEndMs: 25_000 };
  const handlers = [plain.handle(() => "done"), greet.handle(() => {})];
  const consumer = createConsumer(mayfly, { handlers, runtime: "test", concurrency: 4, lifetime });
  mayfly.onTick((env) => consumer.tick(env));
  const app = mayfly.app();
  return {
    mayfly: mayfly as Mayfly<unknown>,
    app,
    logger,
    /** Sends a request, an operator's unless it says otherwise. */
    async ask(method: string, path: string, { token = BOSS, body, headers = {}, parse = true }: AskOptions = {}): Promise<ApiAnswer> {
      const raw = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
      const response = await app.request(
        path,
        {
          method,
          headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
          ...(raw === undefined ? {} : { body: raw }),
        },
        TOKENS,
      );
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: (parse ? JSON.parse(text || "null") : {}) as ApiAnswer["body"],
      };
    },
  };
}

/** Opens it before the tests of a file, and empties it before each of them. */
export function useApi(): Api & { readonly database: SqlDatabase } {
  const database = useDatabase();
  let made: Api | undefined;
  const api = () => {
    made ??= apiOver(database.driver);
    return made;
  };
  return {
    database,
    get mayfly() {
      return api().mayfly;
    },
    get app() {
      return api().app;
    },
    get logger() {
      return api().logger;
    },
    ask: (...args) => api().ask(...args),
  };
}
