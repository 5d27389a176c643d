/**
 * Starts fetch-server.ts and kills it.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface FetchServer {
  readonly url: string;
  /** Ends the process at once. */
  kill(): Promise<void>;
}

/** Serves an entry file of this repository. */
export async function startFetchServer(entry: string, env: Readonly<Record<string, string>>): Promise<FetchServer> {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, "fetch-server.ts"), join(import.meta.dirname, "../..", entry)],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    },
  );
  const ended = once(child, "exit");
  if (!child.stdout) throw new Error("the server has no output");
  const lines = createInterface({ input: child.stdout });
  const [port] = (await Promise.race([
    once(lines, "line"),
    ended.then(() => {
      throw new Error("the server ended before it was ready");
    }),
  ])) as [string];
  return {
    url: `http://127.0.0.1:${port}`,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
