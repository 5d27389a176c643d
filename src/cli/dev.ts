/**
 * `mayfly dev`: the whole thing on this machine.
 * @module
 */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { MayflyError } from "../base/errors.ts";
import type { LocalStack } from "../dev/start.ts";
import type { DatabaseOptions, RunningDatabase } from "../dev/start-database.ts";
import { offerInstall } from "./offer-install.ts";
import { stopWithNpm } from "./stop-with-npm.ts";

interface DevFlags {
  readonly wrangler?: string;
  readonly env?: string;
  readonly databaseOnly?: boolean;
  readonly sql?: string;
  readonly hint?: string;
}

/** Adds the command. */
export function addDev(program: Command): void {
  program
    .command("dev")
    .description("run the Worker in workerd, with a database, a cron trigger and nothing to set up")
    .option("--wrangler <file>", "wrangler configuration; default: wrangler.json, .jsonc or .toml")
    .option("--env <name>", "environment of the wrangler configuration, and of .dev.vars and .env")
    .option("--database-only", "no Worker: the database alone, for programs of any kind")
    .option("--sql <file>", "SQL to run at every start, for tables of your own")
    .option("--hint <file>", "text to print once it is ready; {url} and {token} are filled in")
    .action(dev);
}

async function dev(flags: DevFlags): Promise<void> {
  const startedAt = performance.now();
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // The second time there is no waiting: what was started goes with this process.
    process.on(signal, () => (stop.signal.aborted ? process.exit(130) : stop.abort()));
  }
  stopWithNpm(() => stop.abort());
  const seconds = () => ((performance.now() - startedAt) / 1_000).toFixed(1);
  const databaseUrl = process.env.DATABASE_URL || undefined;
  await offerInstall({ worker: !flags.databaseOnly, databaseUrl });
  const options = { dataDir: process.env.MAYFLY_DATA_DIR || ".mayfly", databaseUrl, sqlFile: flags.sql };
  const stopping = new Promise<"asked">((resolve) => stop.signal.addEventListener("abort", () => resolve("asked")));
  if (flags.databaseOnly) {
    const { startDatabase } = await import("../dev/start-database.ts");
    const database = await startDatabase(options);
    console.log(databaseBanner(database, seconds()));
    if (!stop.signal.aborted) await stopping;
    await database.stop();
    return;
  }
  const stack = await start(flags, options, stop.signal);
  if (!stack) return;
  console.log(banner(stack, flags, seconds()));
  const reason = stop.signal.aborted ? "asked" : await Promise.race([stopping, stack.ended.then(() => "ended")]);
  await stack.stop();
  if (reason === "ended")
    throw new MayflyError("internal", "The Worker ended by itself, or does not answer any more; the lines above say why.");
}

function databaseBanner({ description, dataDir, access, tcpUrl }: RunningDatabase, seconds: string): string {
  return `
The database is ready after ${seconds} s: ${description}, with the schema mayfly, data in ${dataDir}

For Mayfly, and what speaks Neon's HTTP protocol:

  ${exports(access)}
${tcp(tcpUrl)}
Ctrl-C ends it.
`;
}

function banner(stack: LocalStack, { hint }: DevFlags, seconds: string): string {
  const { url, token, dashboard, database } = stack;
  const hints = hint === undefined ? "" : readFileSync(hint, "utf8").replaceAll("{url}", url).replaceAll("{token}", token);
  return `
Mayfly is ready after ${seconds} s: ${url}, on ${database.description}, data in ${database.dataDir}
${dashboard === undefined ? "" : `\nThe dashboard: ${dashboard}, with the token ${token}\n`}${stack.warnings.map((warning) => `\nNote: ${warning}\n`).join("")}
${hints}From another terminal, see what is going on:

  ${exports(database.access)}
  npx mayfly stats
${tcp(database.tcpUrl)}
Cron comes round every minute; Ctrl-C ends it.
`;
}

function exports(access: RunningDatabase["access"]): string {
  return `export ${Object.entries(access)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ")}`;
}

function tcp(url: string | undefined): string {
  return url === undefined ? "" : `\nFor psql, drizzle-kit, Studio and clients that speak TCP:\n\n  DATABASE_URL=${url}\n`;
}

/** The running stack; undefined when it was asked to stop before it was ready. */
async function start({ wrangler, env }: DevFlags, database: DatabaseOptions, signal: AbortSignal): Promise<LocalStack | undefined> {
  const { startLocalStack } = await import("../dev/start.ts");
  try {
    return await startLocalStack({
      ...database,
      port: readPort(process.env.PORT),
      config: wrangler,
      environment: env,
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

function readPort(text = ""): number | undefined {
  if (text === "") return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new MayflyError("invalid_config", `PORT is ${JSON.stringify(text)}; it is a whole number from 1 to 65535.`);
}
