/**
 * `mayfly dev`: the whole thing on this machine.
 * @module
 */
import type { Command } from "commander";
import { MayflyError } from "../core/errors.ts";
import { DEV_TOKEN, startLocalStack } from "../dev/start.ts";

interface DevFlags {
  readonly wrangler: string;
  readonly sql?: string;
}

/** Adds the command. */
export function addDev(program: Command): void {
  program
    .command("dev")
    .description("run the Worker in workerd, with a database, a cron trigger and nothing to set up")
    .option("--wrangler <file>", "wrangler configuration", "wrangler.toml")
    .option("--sql <file>", "SQL to run at every start, for tables of your own")
    .action(dev);
}

async function dev({ wrangler, sql }: DevFlags): Promise<void> {
  const startedAt = performance.now();
  const stopping = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  const stack = await startLocalStack({
    port: readPort(process.env.PORT),
    dataDir: process.env.MAYFLY_DATA_DIR || ".mayfly",
    databaseUrl: process.env.DATABASE_URL || undefined,
    config: wrangler,
    sqlFile: sql,
    env: process.env,
    onLine: (line) => {
      if (line.trim() !== "") console.log(line);
    },
  });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const token = process.env.MAYFLY_OPERATOR_TOKENS || process.env.MAYFLY_PRODUCER_TOKENS ? "<one of your tokens>" : DEV_TOKEN;
  console.log(`
Mayfly is ready after ${seconds} s: ${stack.url}, on ${stack.database}, data in ${stack.dataDir}

Sign somebody up, and the Worker greets them:

  curl -X POST ${stack.url}/signup -H 'content-type: application/json' -d '{"email":"ada@example.com"}'
  curl ${stack.url}/outbox

Or enqueue a job yourself, and look at it by the id in the answer:

  curl -X POST ${stack.url}/v1/jobs -H 'authorization: Bearer ${token}' -H 'content-type: application/json' \\
    -d '{"name":"nightly-report","payload":{"day":"${yesterday}"}}'
  curl ${stack.url}/v1/jobs/ID -H 'authorization: Bearer ${token}'

From another terminal, see what is going on:

  export ${Object.entries(stack.access)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ")}
  npx mayfly stats

Cron comes round every minute; Ctrl-C ends it.
`);
  const reason = await Promise.race([stopping.then(() => "asked"), stack.ended.then(() => "ended")]);
  await stack.stop();
  if (reason === "ended") throw new MayflyError("internal", "The Worker ended by itself; the lines above say why.");
}

function readPort(text = ""): number {
  const port = text === "" ? 8_787 : Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new MayflyError("invalid_config", `PORT is ${JSON.stringify(text)}; it is a whole number from 1 to 65535.`);
}
