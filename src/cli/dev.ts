/**
 * `mayfly dev`: the whole thing on this machine.
 * @module
 */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { MayflyError } from "../base/errors.ts";
import type { LocalStack } from "../dev/start.ts";

interface DevFlags {
  readonly wrangler: string;
  readonly sql?: string;
  readonly hint?: string;
}

/** Adds the command. */
export function addDev(program: Command): void {
  program
    .command("dev")
    .description("run the Worker in workerd, with a database, a cron trigger and nothing to set up")
    .option("--wrangler <file>", "wrangler configuration", "wrangler.toml")
    .option("--sql <file>", "SQL to run at every start, for tables of your own")
    .option("--hint <file>", "text to print once it is ready; {url} and {token} are filled in")
    .action(dev);
}

async function dev(flags: DevFlags): Promise<void> {
  const { hint } = flags;
  const startedAt = performance.now();
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // The second time there is no waiting: what was started goes with this process.
    process.on(signal, () => (stop.signal.aborted ? process.exit(130) : stop.abort()));
  }
  const { DEV_TOKEN } = await import("../dev/start.ts");
  const stack = await start(flags, stop.signal);
  if (!stack) return;
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const token = process.env.MAYFLY_OPERATOR_TOKENS || process.env.MAYFLY_PRODUCER_TOKENS ? "<one of your tokens>" : DEV_TOKEN;
  const access = Object.entries(stack.access).map(([name, value]) => `${name}=${value}`);
  const hints = hint === undefined ? "" : readFileSync(hint, "utf8").replaceAll("{url}", stack.url).replaceAll("{token}", token);
  console.log(`
Mayfly is ready after ${seconds} s: ${stack.url}, on ${stack.database}, data in ${stack.dataDir}

${hints}From another terminal, see what is going on:

  export ${access.join(" ")}
  npx mayfly stats

Cron comes round every minute; Ctrl-C ends it.
`);
  const stopping = new Promise<"asked">((resolve) => stop.signal.addEventListener("abort", () => resolve("asked")));
  const reason = stop.signal.aborted ? "asked" : await Promise.race([stopping, stack.ended.then(() => "ended")]);
  await stack.stop();
  if (reason === "ended")
    throw new MayflyError("internal", "The Worker ended by itself, or does not answer any more; the lines above say why.");
}

/** The running stack; undefined when it was asked to stop before it was ready. */
async function start({ wrangler, sql }: DevFlags, signal: AbortSignal): Promise<LocalStack | undefined> {
  const { startLocalStack } = await import("../dev/start.ts");
  try {
    return await startLocalStack({
      port: readPort(process.env.PORT),
      dataDir: process.env.MAYFLY_DATA_DIR || ".mayfly",
      databaseUrl: process.env.DATABASE_URL || undefined,
      config: wrangler,
      sqlFile: sql,
      env: process.env,
      onLine: (line) => {
        if (line.trim() !== "") console.log(line);
      },
      signal,
    });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function readPort(text = ""): number {
  const port = text === "" ? 8_787 : Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new MayflyError("invalid_config", `PORT is ${JSON.stringify(text)}; it is a whole number from 1 to 65535.`);
}
