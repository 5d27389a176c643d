#!/usr/bin/env node
/**
 * The `mayfly` command.
 * @module
 */
import { Command } from "commander";
import { isMayflyError } from "../core/errors.ts";
import { addDev } from "./dev.ts";
import { addMigrate } from "./migrate.ts";

const program = new Command("mayfly").description("Background jobs for serverless apps, on nothing but Postgres").showHelpAfterError();
addDev(program);
addMigrate(program);

try {
  await program.parseAsync();
} catch (error) {
  // What users can mend is told in a sentence; anything else is a fault of ours and needs its stack.
  console.error(isMayflyError(error) ? `mayfly: ${error.message}` : error);
  process.exitCode = 2;
}
