/**
 * Packages that are missing: all are named at once, and where there is a terminal the command offers to install them.
 * @module
 */
import { spawnSync } from "node:child_process";
import { createInterface } from "node:readline/promises";
import { MayflyError } from "../base/errors.ts";
import { installCommand, missingPackages, type Need } from "../dev/needed-packages.ts";

/** @throws `invalid_config` that names all of them, unless they are installed in here */
export async function offerInstall(need: Need): Promise<void> {
  const missing = missingPackages(need);
  if (missing.length === 0) return;
  const [command, ...args] = installCommand(process.cwd(), missing);
  const listed = new Intl.ListFormat("en", { style: "long" }).format(missing).replace(", and", " and");
  const line = [command, ...args].join(" ");
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await terminal.question(`The local stack needs ${listed}. Run ${line}? [Y/n] `).finally(() => terminal.close());
    if (/^(y|yes)?$/i.test(answer.trim())) spawnSync(command, args, { stdio: "inherit" });
    if (missingPackages(need).length === 0) return;
  }
  const packages = missing.length === 1 ? `the package ${missing[0]}` : `the packages ${listed}`;
  throw new MayflyError("invalid_config", `The local stack needs ${packages}. Install ${missing.length === 1 ? "it" : "them"}: ${line}`);
}
