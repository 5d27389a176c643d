/**
 * `mayfly worker --reload`: Node's own watch mode round the same command, which is stopped in order and started anew.
 * @module
 */
import { spawn } from "node:child_process";

/** Runs this command, without the flag, under watch, until a signal ends it. Answers its exit code. */
export async function superviseReload(): Promise<number> {
  const [node = "", script = "", ...args] = process.argv;
  const rest = args.filter((arg) => arg !== "--reload");
  // A group of its own: Ctrl-C reaches the worker once, by way of here, not a second time by the terminal.
  const child = spawn(node, [...process.execArgv, "--watch", "--watch-preserve-output", script, ...rest], {
    stdio: "inherit",
    detached: true,
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
