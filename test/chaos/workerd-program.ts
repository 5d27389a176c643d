/**
 * A process with workerd and what stands round it, to be killed as a whole. It prints its address.
 * @module
 */
import { startWorkers } from "../support/workerd.ts";

const { DATABASE_URL = "", SINK = "", MAYFLY_NEON_ENDPOINT = "", MAYFLY_OPERATOR_TOKENS = "" } = process.env;

const workers = await startWorkers(["test/chaos/worker.toml"], { DATABASE_URL, SINK, MAYFLY_NEON_ENDPOINT, MAYFLY_OPERATOR_TOKENS });
const { url } = await workers.listen();
process.stdout.write(`at ${url.origin}\n`);
