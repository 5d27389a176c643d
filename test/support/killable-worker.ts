/**
 * A Worker in a workerd that a test kills and starts again: what its Durable Objects have stored is kept.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./condition.ts";
import { freePort } from "./free-port.ts";

export interface KillableWorker {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Fires its cron trigger, and waits for its end. */
  cron(): Promise<void>;
  /** Ends workerd, and all that was started for it, in the middle of whatever they do. */
  kill(): Promise<void>;
  /** Starts it, or starts it again. */
  start(): Promise<void>;
  /** Kills it, and removes what was kept. */
  close(): Promise<void>;
}

const root = join(import.meta.dirname, "../..");

/** The Worker of this configuration, which is not running yet. */
export async function killableWorker(config: string, vars: Readonly<Record<string, string>>): Promise<KillableWorker> {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-killable-"));
  const envFile = join(folder, "worker.env");
  writeFileSync(
    envFile,
    Object.entries(vars)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
      .join(""),
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  async function kill(): Promise<void> {
    if (child?.pid === undefined || child.exitCode !== null) return;
    const ended = once(child, "exit");
    process.kill(-child.pid, "SIGKILL");
    await ended;
  }

  return {
    fetch: (path, init) => fetch(`${url}${path}`, init),
    async cron() {
      const response = await fetch(`${url}/cdn-cgi/handler/scheduled?cron=${encodeURIComponent("* * * * *")}`);
      if (!response.ok) throw new Error(`the cron answered ${response.status} ${await response.text()}`);
    },
    kill,
    async start() {
      const output: Buffer[] = [];
      const args = ["--config", join(root, config), "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"];
      const kept = [
        "--env-file",
        envFile,
        "--persist-to",
        join(folder, "kept"),
        "--show-interactive-dev-session=false",
        "--test-scheduled",
      ];
      const started = spawn(process.execPath, [join(root, "node_modules/wrangler/bin/wrangler.js"), "dev", ...args, ...kept], {
        // A group of its own, so that nothing it starts outlives it.
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_HIDE_BANNER: "true" },
      });
      for (const stream of [started.stdout, started.stderr]) stream.on("data", (chunk: Buffer) => void output.push(chunk));
      child = started;
      await until(async () => {
        if (started.exitCode !== null) throw new Error(`wrangler ended: ${Buffer.concat(output)}`);
        return await fetch(url).then(
          () => true,
          () => false,
        );
      });
    },
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
