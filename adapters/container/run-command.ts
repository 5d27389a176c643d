/**
 * A shell command from start to end, and to the end of everything it started.
 * @module
 */
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { OutputTail } from "./output-tail.ts";

export interface CommandEnd {
  /** Null: a signal killed it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote: at most 16 KiB, or this many bytes. */
  readonly output: (maxBytes?: number) => string;
}

/** Between the request to end and the end. */
const GRACE_MS = 5_000;
/** Between two looks whether they are gone. */
const LOOK_MS = 50;

/** What is under way: it does not outlive this process. */
const groups = new Set<number>();
process.on("exit", () => {
  for (const group of groups) sendToGroup(group, "SIGKILL");
});

/**
 * Runs a line of shell. It has ended once its output is closed, so also the processes that it left in the background
 * and that still write. When `signal` aborts, all of them get SIGTERM, and SIGKILL five seconds later.
 * @throws the signal's reason, once they are gone
 */
export async function runCommand(text: string, signal: AbortSignal): Promise<CommandEnd> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<CommandEnd>();
  // Both outputs are one pipe, so that they stay in order. Detached: a process group of its own, to be killed as a whole.
  const child = spawn("sh", ["-c", 'exec sh -c "$0" 2>&1', text], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  if (child.pid !== undefined) groups.add(child.pid);
  const tail = new OutputTail();
  child.stdout.on("data", (chunk: Buffer) => tail.add(chunk));
  child.on("error", reject);
  child.on("close", (exitCode, killedBy) => resolve({ exitCode, signal: killedBy, output: (maxBytes) => tail.text(maxBytes) }));

  let killed = false;
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    sendToGroup(child.pid, "SIGTERM");
    timer = setTimeout(() => {
      sendToGroup(child.pid, "SIGKILL");
      killed = true;
      // Whoever has left the group keeps the output open for as long as it likes.
      child.stdout.destroy();
    }, GRACE_MS);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const end = await promise;
    if (!signal.aborted) return end;
    // The shell is gone; what else is in its group may still be there, with its output closed.
    while (!killed && sendToGroup(child.pid, 0)) await pause(LOOK_MS);
    throw signal.reason;
  } finally {
    signal.removeEventListener("abort", stop);
    clearTimeout(timer);
    if (child.pid !== undefined) groups.delete(child.pid);
  }
}

/** Whether there was somebody to send it to. Signal 0 only asks. */
function sendToGroup(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
