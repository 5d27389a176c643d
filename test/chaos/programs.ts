/**
 * Programs that are killed and started again, as an orchestrator does it.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

export interface Program {
  /** Of the process that runs now. */
  readonly pid: () => number;
  /** Ends it as a lack of memory would, with all that it has started. */
  kill(): void;
  /** Ends one process of a worker that has started, if there is one; answers whether there was. */
  killChild(): boolean;
  /** It gets no processor time until it is thawed. */
  freeze(): void;
  thaw(): void;
  /** What it printed last. */
  readonly output: () => string;
  /** How often it has ended by itself. */
  readonly ended: () => number;
  /** Ends it in good order, for ever. */
  stop(): Promise<void>;
}

/** Starts it, and again whenever it has ended. */
export function keep(args: readonly string[], env: Readonly<Record<string, string>>): Program {
  let child: ChildProcess;
  let over = false;
  let killed = false;
  let ended = 0;
  let output = "";
  let started = false;
  const start = () => {
    killed = false;
    started = false;
    // In a group of its own, so that it is killed with all that it has started.
    child = spawn(process.execPath, ["--liftoff-only", ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const hear = (chunk: Buffer) => {
      output = (output + chunk).slice(-20_000);
      started ||= String(chunk).includes("worker started");
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => {
      if (over) return;
      if (!killed) {
        ended++;
        output += `\nended by itself with ${code}\n`;
      }
      setTimeout(() => {
        if (!over) start();
      }, 200);
    });
  };
  start();
  const signal = (name: NodeJS.Signals, group: boolean) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(group ? -child.pid : child.pid, name);
    } catch {
      // It has just ended.
    }
  };
  // Nothing is left of it when this process fails, or is told to end.
  process.once("exit", () => signal("SIGKILL", true));
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => process.exit(1));
  return {
    pid: () => child.pid ?? 0,
    kill() {
      killed = true;
      signal("SIGKILL", true);
    },
    killChild() {
      // A worker whose first process does not come to life says so, and ends: its start has failed.
      const [pid] = started ? childrenOf(child.pid) : [];
      if (pid !== undefined) process.kill(pid, "SIGKILL");
      return pid !== undefined;
    },
    freeze: () => signal("SIGSTOP", false),
    thaw: () => signal("SIGCONT", false),
    output: () => output,
    ended: () => ended,
    async stop() {
      over = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      signal("SIGINT", false);
      const limit = setTimeout(() => signal("SIGKILL", true), 40_000);
      await gone;
      clearTimeout(limit);
      signal("SIGKILL", true);
    },
  };
}

function childrenOf(pid: number | undefined): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
