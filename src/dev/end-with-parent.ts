/**
 * Ends a group of processes when this process is gone, however it went: a process that is killed ends nothing itself.
 * @module
 */
import { spawn } from "node:child_process";

/** Waits until its standard input ends, which the system sees to when this process is gone. */
const GUARD = `
const group = -Number(process.argv[1]);
const end = (signal) => { try { process.kill(group, signal); } catch { process.exit(); } };
process.stdin.resume().on("close", () => {
  end("SIGTERM");
  setInterval(() => end(0), 100);
  setTimeout(() => end("SIGKILL"), 5_000);
});`;

/** Watches over the group that this process leads. What is returned lets go of it: a number may belong to others later. */
export function endWithParent(leader: number): () => void {
  const guard = spawn(process.execPath, ["-e", GUARD, String(leader)], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  guard.on("error", () => {});
  guard.stdin.on("error", () => {});
  guard.unref();
  return () => void guard.kill("SIGKILL");
}
