/**
 * The Worker of the local stack, in a real workerd, by `wrangler dev`.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { endWithParent } from "./end-with-parent.ts";
import { variablesFile } from "./worker-variables.ts";

export interface LocalWorkerOptions {
  /** Path of the wrangler configuration. */
  readonly config: string;
  /** Of the configuration; undefined: the top level. */
  readonly environment: string | undefined;
  readonly port: number;
  /** The Worker's variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Paths of files of further variables, which those of `env` go before. */
  readonly envFiles: readonly string[];
  /** Folder for what is kept between starts. */
  readonly folder: string;
  /** Told of every line that wrangler and the Worker print. */
  readonly onLine: (line: string) => void;
}

export interface LocalWorker {
  readonly url: string;
  /** Resolves once it answers; rejects when it ends before. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended, by whatever cause. */
  readonly ended: Promise<void>;
  /** Fires the cron trigger, and waits for it to end. */
  tick(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the Worker. Its environment goes by a file that only its owner may read, not by the command line. */
export function startLocalWorker({ config, environment, port, env, envFiles, folder, onLine }: LocalWorkerOptions): LocalWorker {
  const envFile = join(folder, "worker.env");
  writeFileSync(envFile, variablesFile(env), { mode: 0o600 });

  const wrangler = join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin/wrangler.js");
  const args = ["dev", "--config", config, "--ip", "127.0.0.1", "--port", String(port)];
  if (environment !== undefined) args.push("--env", environment);
  // Of two files that set the same variable, the later one wins.
  for (const file of [...envFiles, envFile]) args.push("--env-file", file);
  const child = spawn(
    process.execPath,
    [
      wrangler,
      ...args,
      "--inspector-port",
      "0",
      "--test-scheduled",
      "--show-interactive-dev-session=false",
      "--persist-to",
      join(folder, "wrangler"),
    ],
    {
      // A group of its own: Ctrl-C in a terminal reaches this process alone, which then ends things in order.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        WRANGLER_SEND_METRICS: "false",
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
        WRANGLER_HIDE_BANNER: "true",
        NO_UPDATE_NOTIFIER: "1",
        // Without it wrangler reads no file of variables, not even one that is named.
        CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: "true",
      },
    },
  );
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  process.on("exit", () => end(child, "SIGKILL"));
  if (child.pid !== undefined) void ended.then(endWithParent(child.pid));
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    ready: untilReady(url, child),
    ended,
    async tick() {
      const { ok, status } = await fetch(`${url}/cdn-cgi/handler/scheduled?cron=${encodeURIComponent("* * * * *")}`);
      if (!ok) onLine(`cron: the Worker answered ${status}. Is there a scheduled handler in its default export, and what did it throw?`);
    },
    async stop() {
      end(child, "SIGTERM");
      const force = setTimeout(() => end(child, "SIGKILL"), 5_000);
      await ended;
      clearTimeout(force);
    },
  };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    // Whatever it answers: where its routes are is its own affair.
    if (await fetch(url).catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the Worker ended before it was ready; wrangler's output says why");
}

/** The whole group: wrangler, its bundler, workerd. */
function end(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
