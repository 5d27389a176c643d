/**
 * The Worker of the local stack, in a real workerd, by `wrangler dev`.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { MayflyError } from "../base/errors.ts";

export interface LocalWorkerOptions {
  /** Path of the wrangler configuration. */
  readonly config: string;
  readonly port: number;
  /** The Worker's environment. */
  readonly env: Readonly<Record<string, string>>;
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
export function startLocalWorker({ config, port, env, folder, onLine }: LocalWorkerOptions): LocalWorker {
  const envFile = join(folder, "worker.env");
  const lines = Object.entries(env).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  writeFileSync(envFile, `${lines.join("\n")}\n`, { mode: 0o600 });

  const wrangler = findWrangler();
  const args = ["dev", "--config", config, "--ip", "127.0.0.1", "--port", String(port), "--env-file", envFile];
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
      },
    },
  );
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  process.on("exit", () => end(child, "SIGKILL"));
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    ready: untilReady(url, child),
    ended,
    async tick() {
      await fetch(`${url}/cdn-cgi/handler/scheduled?cron=${encodeURIComponent("* * * * *")}`);
    },
    async stop() {
      end(child, "SIGTERM");
      const force = setTimeout(() => end(child, "SIGKILL"), 5_000);
      await ended;
      clearTimeout(force);
    },
  };
}

function findWrangler(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin/wrangler.js");
  } catch (cause) {
    throw new MayflyError("invalid_config", "The local stack needs the package wrangler. Install it: npm install --save-dev wrangler", {
      cause,
    });
  }
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
