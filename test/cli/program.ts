/**
 * The `mayfly` command as a process.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { after } from "node:test";

export interface Program {
  readonly pid: number;
  /** All that it has printed. */
  readonly output: () => string;
  /** Of that, what it has printed to standard output. */
  readonly stdout: () => string;
  /** Resolves once it has printed this; rejects if it ends before. */
  printed(text: string): Promise<void>;
  /** From now on nobody reads its standard output, as after `| head`. */
  leave(): void;
  interrupt(): void;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

const root = join(import.meta.dirname, "../..");

const running = new Set<ChildProcess>();
// A test that failed leaves nothing running.
after(() => {
  for (const child of running) child.kill("SIGINT");
});

export function run(args: readonly string[], env: Record<string, string> = {}, cwd = root): Program {
  const { DATABASE_URL: _, MAYFLY_NEON_ENDPOINT: __, ...outside } = process.env;
  // Most of what is compiled runs once.
  const child = spawn(process.execPath, ["--liftoff-only", join(root, "src/cli/mayfly.ts"), ...args], {
    cwd,
    env: { ...outside, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("close", () => running.delete(child));
  let output = "";
  const listeners = new Set<() => void>();
  const heard = (chunk: Buffer) => {
    output += chunk;
    for (const listener of listeners) listener();
  };
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk;
    heard(chunk);
  });
  child.stderr.on("data", heard);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    pid: child.pid ?? 0,
    output: () => output,
    stdout: () => stdout,
    ended,
    leave: () => child.stdout.destroy(),
    interrupt: () => child.kill("SIGINT"),
    kill: (signal) => child.kill(signal),
    printed: (text) =>
      new Promise((resolve, reject) => {
        const listener = () => {
          if (!output.includes(text)) return;
          listeners.delete(listener);
          resolve();
        };
        listeners.add(listener);
        listener();
        void ended.then((code) => reject(new Error(`ended with ${code} before it printed ${JSON.stringify(text)}:\n${output}`)));
      }),
  };
}
