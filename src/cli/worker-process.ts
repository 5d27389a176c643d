/**
 * The module of the processes that `mayfly worker` forks: the same configuration, connections of its own, one job at a time.
 * @module
 */
import { defaultLogger } from "../../adapters/container/default-logger.ts";
import { runTasks } from "../../adapters/container/run-tasks.ts";
import { tellLedger } from "../../adapters/container/tell-ledger.ts";
import { MayflyError } from "../base/errors.ts";
import { byName } from "../worker/worker.ts";
import { loadConfig } from "./load-config.ts";
import { openDatabase } from "./open-database.ts";

await runTasks(async () => {
  const [path] = process.argv.slice(2);
  if (path === undefined) throw new MayflyError("invalid_config", "This module is started by mayfly worker, with a configuration.");
  const config = await loadConfig(path);
  const { driver } = await openDatabase(process.env, { connections: 2 });
  const mayfly = config.mayfly.withDriver(driver);
  const { logger = defaultLogger(), limits } = mayfly.config;
  tellLedger(mayfly, config.worker.ledger, logger);
  return {
    handlers: byName(config.handlers),
    middleware: config.middleware,
    env: process.env,
    jobs: mayfly.connect(process.env),
    store: mayfly.store(process.env),
    logger: logger.child({ pid: process.pid }),
    limits,
  };
});
