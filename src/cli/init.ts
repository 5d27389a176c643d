/**
 * `mayfly init`: what a project needs so that it has a job that runs. Nothing that is there is touched.
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { MayflyError } from "../base/errors.ts";
import { guessPlatform, PLATFORMS, type Plan, type Platform, planInit } from "./init-plan.ts";

interface InitFlags {
  readonly platform?: string;
  readonly yes?: boolean;
}

/** Adds the command. */
export function addInit(program: Command): void {
  program
    .command("init")
    .description("write what this folder lacks to have a first job; shows it before, and overwrites nothing")
    .option("--platform <name>", Object.keys(PLATFORMS).join(", "))
    .option("--yes", "write without asking")
    .action(init);
}

async function init(flags: InitFlags): Promise<void> {
  const folder = process.cwd();
  const isAsked = !flags.yes && process.stdin.isTTY && process.stdout.isTTY;
  const terminal = isAsked ? createInterface({ input: process.stdin, output: process.stdout }) : undefined;
  try {
    const ask = terminal && ((question: string) => terminal.question(question));
    const platform = await choosePlatform(folder, flags, ask);
    const plan = planInit(folder, platform);
    console.log(told(plan));
    if (plan.files.length > 0) {
      if (ask && !/^(y|yes)?$/i.test((await ask("Write these files? [Y/n] ")).trim())) return;
      if (!ask && !flags.yes) throw new MayflyError("invalid_config", "Nothing is written yet: say --yes, or start it in a terminal.");
      // It fails rather than overwrite a file that came meanwhile.
      for (const [path, text] of plan.files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text, { flag: "wx" });
      }
    }
    console.log(next(platform, plan.files.length));
  } finally {
    terminal?.close();
  }
}

async function choosePlatform(
  folder: string,
  { platform }: InitFlags,
  ask: ((question: string) => Promise<string>) | undefined,
): Promise<Platform> {
  const guess = guessPlatform(folder);
  const names = Object.keys(PLATFORMS).join(", ");
  const list = Object.entries(PLATFORMS).map(([name, { description }]) => `  ${name.padEnd(10)} ${description}`);
  const name =
    platform ?? ((await ask?.(`Where do the jobs run?\n${list.join("\n")}\n[${guess ?? "workers"}] `)) || guess || (ask && "workers"));
  const chosen = name === undefined ? undefined : PLATFORMS[name.trim()];
  if (chosen) return chosen;
  throw new MayflyError(
    "invalid_config",
    name === undefined
      ? `Where do the jobs run? Say --platform: ${names}.`
      : `There is no platform ${JSON.stringify(name)}; there are ${names}.`,
  );
}

/** The difference that it would make, and what it leaves alone. */
function told({ files, kept, notes }: Plan): string {
  const added = files.map(([path, text]) => `--- /dev/null\n+++ ${path}\n${text.trimEnd().replaceAll(/^/gm, "+")}\n`);
  const stay = kept.length > 0 ? [`Left as they are: ${kept.join(", ")}\n`] : [];
  return [...added, ...stay, ...notes.map((note) => `Note: ${note}\n`)].join("\n");
}

function next({ packages, devPackages, first }: Platform, written: number): string {
  const lines = [`npm install ${packages.join(" ")}`, `npm install --save-dev ${devPackages.join(" ")}`, ...first];
  return `${written === 0 ? "No file is missing." : `${written} files are written.`} Next:\n\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
