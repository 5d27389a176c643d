/**
 * A connection that tells what every statement reads, also those inside functions.
 * @module
 */
import pgClient from "pg";
import type { Store } from "../../src/store/store.ts";
import { storeOver } from "./database.ts";

const AUTO_EXPLAIN = `
  load 'auto_explain';
  set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on; set auto_explain.log_format = json;
  set auto_explain.log_analyze = on; set auto_explain.log_timing = off; set auto_explain.log_buffers = on; set client_min_messages = log`;

/** A node of a plan, as far as tests look at it. */
interface PlanNode {
  "Node Type": string;
  "Actual Loops": number;
  "Actual Rows": number;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Index Cond"?: string;
  "Conflict Arbiter Indexes"?: string[];
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
  Plans?: PlanNode[];
}

/** A statement that was executed. */
export interface Executed {
  readonly text: string;
  readonly indexes: ReadonlySet<string>;
  /** How many partitions, of jobs or of results, were read; of either the more. */
  readonly partitions: number;
  /** Tables and indexes that were read whole, or up to a limit. */
  readonly scanned: ReadonlySet<string>;
  /** Blocks that it read, those of functions it calls included. */
  readonly blocks: number;
}

export interface ExplainedConnection {
  readonly store: Store;
  /** What a call executes, all the way down. */
  executed(call: (store: Store) => Promise<unknown>): Promise<Executed[]>;
  /** Blocks read by the one call that is made. */
  blocks(call: (store: Store) => Promise<unknown>): Promise<number>;
  end(): Promise<void>;
}

/** Connects to a database. Plans are made anew in every connection, so what one is told holds for fresh ones. */
export async function connectExplaining(url: string): Promise<ExplainedConnection> {
  const client = new pgClient.Client(url);
  await client.connect();
  await client.query(AUTO_EXPLAIN);
  let told: Executed[] = [];
  client.on("notice", ({ message = "" }) => {
    const [, json] = /plan:\n([\s\S]*)$/.exec(message) ?? [];
    if (json === undefined) return;
    const explained = JSON.parse(json) as { "Query Text": string; Plan: PlanNode };
    told.push(summarize(explained["Query Text"], explained.Plan));
  });
  const store = storeOver(client);
  async function executed(call: (store: Store) => Promise<unknown>) {
    told = [];
    await call(store);
    return told;
  }
  return {
    store,
    executed,
    // The outermost statement ends last.
    blocks: async (call) => (await executed(call)).at(-1)?.blocks ?? Number.NaN,
    end: () => client.end(),
  };
}

/** The same name for every partition's. */
const unnumbered = (name: string) => name.replace(/^(job|result)_\d\d/, "$1_NN");

function summarize(text: string, plan: PlanNode): Executed {
  const [indexes, scanned, partitions] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const nodes = [plan]; nodes.length > 0; ) {
    const node = nodes.pop() as PlanNode;
    if (node["Actual Loops"] === 0) continue;
    nodes.push(...(node.Plans ?? []));
    const relation = node["Relation Name"] ?? "";
    if (node["Node Type"] !== "ModifyTable" && /^(job|result)_\d\d$/.test(relation)) partitions.add(relation);
    const index = node["Index Name"] ?? node["Conflict Arbiter Indexes"]?.[0];
    if (node["Node Type"].startsWith("Index") && node["Index Cond"] === undefined) scanned.add(node["Index Name"] ?? "");
    // Which index of the partition far is read makes no difference where it is empty.
    const isEmpty = /^(job|result)_12_/.test(index ?? "") && node["Actual Rows"] === 0;
    if (index && !isEmpty) indexes.add(unnumbered(index));
    // What is that small is read as quickly as an index is.
    if (node["Node Type"] === "Seq Scan" && node["Shared Hit Blocks"] + node["Shared Read Blocks"] > 30 * node["Actual Loops"])
      scanned.add(relation);
  }
  const ofJobs = [...partitions].filter((name) => name.startsWith("job")).length;
  return {
    text,
    indexes,
    partitions: Math.max(ofJobs, partitions.size - ofJobs),
    scanned,
    blocks: plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
  };
}
