/**
 * The client of the HTTP API, for programs that have a token and no database: `mayfly/client`.
 * @module
 */
export { isMayflyError, MayflyError } from "../core/errors.ts";
export { type ClientOptions, createClient } from "./create-client.ts";
export type { ClientBatchJob, ClientEnqueueOptions, ClientJobOptions, MayflyClient, RequestOptions } from "./types.ts";
