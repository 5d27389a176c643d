#!/usr/bin/env node
/**
 * The `mayfly` command.
 * @module
 */
import { Command, CommanderError } from "commander";
import { outliveOutput } from "../../adapters/container/outlive-output.ts";
import { addCancel } from "./cancel.ts";
import { addClear } from "./clear.ts";
import { addDev } from "./dev.ts";
import { addDoctor } from "./doctor.ts";
import { addEnqueue } from "./enqueue.ts";
import { addGrants } from "./grants.ts";
import { addList } from "./list.ts";
import { addMigrate } from "./migrate.ts";
import { addPause } from "./pause.ts";
import { printError } from "./print.ts";
import { addPurge } from "./purge.ts";
import { readEnvironment } from "./read-environment.ts";
import { addRetry } from "./retry.ts";
import { addRun } from "./run.ts";
import { addStats } from "./stats.ts";
import { addUninstall } from "./uninstall.ts";
import { packageVersion } from "./version.ts";
import { addWorker } from "./worker.ts";

const program = new Command("mayfly")
  .description("Background jobs for serverless apps, on nothing but Postgres")
  .version(packageVersion())
  .showHelpAfterError()
  .exitOverride();
const COMMANDS = [
  addDev,
  addMigrate,
  addGrants,
  addWorker,
  addList,
  addRun,
  addEnqueue,
  addStats,
  addDoctor,
  addRetry,
  addCancel,
  addPause,
  addClear,
  addPurge,
  addUninstall,
];
for (const add of COMMANDS) add(program);
// The local stack starts with what is set: `.env` may name a database that is not to be played with.
program.hook("preAction", (_program, command) => {
  if (command.name() !== "dev") readEnvironment();
});

outliveOutput();
try {
  await program.parseAsync();
} catch (error) {
  // Commander has told its own by itself: wrong flags, or help that was asked for.
  if (!(error instanceof CommanderError)) printError(error);
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : 2;
}
