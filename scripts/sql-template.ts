/**
 * What sql/ may leave to the generator: lists of columns that several functions share, settings that pin the planner, and a block repeated for each partition.
 * A list stands here and nowhere else:
 *
 * - `{asked}`: the columns, as an insert names them; `{asked of r}`: the same of the row r; `{asked but bytes, held_key of r}`: without these
 * - `-- planner: pinned`: the settings of a function whose plans must not flip as tables fill and empty
 * - `--{ partition` to `--}`: the lines between them, once for each partition, with `{partition}` as its number of two digits
 *
 * @module
 */

const LISTS: Readonly<Record<string, readonly string[]>> = {
  // What the queue needs to know of a job wherever it is: the same in ready, scheduled and running.
  asked: ["id", "partition", "queue", "name", "priority", "retries", "timeout_ms", "expires_at", "running_limit", "bytes", "held_key"],
  // Of these, what comes as it was asked for.
  kind: ["queue", "name", "priority", "retries", "timeout_ms", "running_limit"],
  // How far a live job has come.
  progress: ["attempt", "free_attempts", "has_hook", "hook", "hook_tries", "ended"],
  // What a worker has to know of few jobs.
  rest: ["key", "timeout_ms", "idempotent", "run_at", "traceparent", "tracestate"],
  // What a job was asked to be, besides its id and its times.
  request: [
    "retry_of",
    "timeout_ms",
    "running_limit",
    "priority",
    "retries",
    "exclusive",
    "idempotent",
    "queue",
    "name",
    "key",
    "source",
    "traceparent",
    "tracestate",
    "created_by",
    "payload",
  ],
};

const PINNED = [
  "set search_path = pg_catalog, pg_temp",
  "set plan_cache_mode = force_generic_plan",
  "set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off",
  "set jit = off",
].join("\n");

/** Partitions of `mayfly.job` and `mayfly.result`: see `mayfly.partition_of`. */
const PARTITIONS = 13;

/** The SQL text as Postgres gets it. */
export function expandSql(text: string): string {
  return text
    .replace(/^[ ]*-- planner: pinned$/gm, PINNED)
    .replace(/^[ ]*--\{ partition\n([\s\S]*?)^[ ]*--\}\n/gm, (_, block: string) => eachPartition(block))
    .replace(
      /\{([a-z]+)(?: but ([\w, ]+?))?(?: of ([\w.()]+))?\}/g,
      (token, name: string, without: string | undefined, row: string | undefined) => {
        const list = LISTS[name];
        if (!list) throw new Error(`${token} is not a list of columns`);
        const left = without?.split(/, */) ?? [];
        const unknown = left.find((column) => !list.includes(column));
        if (unknown) throw new Error(`${token}: ${unknown} is not in the list`);
        return list
          .filter((column) => !left.includes(column))
          .map((column) => (row ? `${row}.${column}` : column))
          .join(", ");
      },
    );
}

function eachPartition(block: string): string {
  return Array.from({ length: PARTITIONS }, (_, number) =>
    block.replaceAll("when {partition}", `when ${number}`).replaceAll("{partition}", String(number).padStart(2, "0")),
  ).join("");
}
