/**
 * What Neon's SQL-over-HTTP protocol looks like on the wire.
 * @module
 */

export interface WireQuery {
  readonly query: string;
  readonly params: (string | null)[];
}

export interface WireField {
  readonly name: string;
  readonly dataTypeID: number;
}

export interface WireResult {
  readonly fields: readonly WireField[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly rowCount: number | null;
  readonly command: string | null;
}

/** What the headers of a request ask for. */
export interface WireMode {
  readonly arrays: boolean;
  /** For a batch: the words after `begin`. */
  readonly transaction: string;
}

/** A request that is not of the protocol; told with this status. */
export class ProtocolError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const ISOLATION: Readonly<Record<string, string>> = {
  ReadUncommitted: "read uncommitted",
  ReadCommitted: "read committed",
  RepeatableRead: "repeatable read",
  Serializable: "serializable",
};

/** Reads the headers. Only raw text output is served, which Neon's client always asks for. */
export function parseMode(header: (name: string) => string | undefined): WireMode {
  if (header("neon-raw-text-output") !== "true") {
    throw new ProtocolError(400, "this endpoint serves raw text only: send the header Neon-Raw-Text-Output: true");
  }
  const isolation = header("neon-batch-isolation-level");
  if (isolation !== undefined && ISOLATION[isolation] === undefined) throw new ProtocolError(400, `unknown isolation level ${isolation}`);
  const words = [
    ...(isolation ? [`isolation level ${ISOLATION[isolation]}`] : []),
    ...(header("neon-batch-read-only") === "true" ? ["read only"] : []),
    ...(header("neon-batch-deferrable") === "true" ? ["deferrable"] : []),
  ];
  return { arrays: header("neon-array-mode") === "true", transaction: words.join(", ") };
}

/** Reads the body: one query, or a batch. */
export function parseBody(text: string): WireQuery | WireQuery[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ProtocolError(400, "the body is not valid JSON");
  }
  if (typeof body === "object" && body !== null && "queries" in body && Array.isArray(body.queries)) return body.queries.map(parseQuery);
  return parseQuery(body);
}

function parseQuery(value: unknown): WireQuery {
  if (typeof value !== "object" || value === null || !("query" in value) || typeof value.query !== "string") {
    throw new ProtocolError(400, "a query is an object with a string named query");
  }
  const params: unknown = "params" in value ? value.params : [];
  if (!Array.isArray(params)) throw new ProtocolError(400, "params is an array");
  return { query: value.query, params: params.map(parseParam) };
}

function parseParam(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const ERROR_FIELDS = [
  "severity",
  "code",
  "detail",
  "hint",
  "position",
  "internalPosition",
  "internalQuery",
  "where",
  "schema",
  "table",
  "column",
  "dataType",
  "constraint",
  "file",
  "line",
  "routine",
] as const;

/** The body of an error: the message, and every field that Postgres gave. */
export function errorBody(error: unknown): Record<string, unknown> & { code: unknown } {
  const source = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const fields = Object.fromEntries(ERROR_FIELDS.map((name) => [name, source[name] ?? null]));
  return { ...fields, code: fields.code, message: source.message ?? String(error) };
}

/** A result as the client asked for it. */
export function resultBody({ fields, rows, rowCount, command }: WireResult, arrays: boolean) {
  return {
    command,
    rowCount,
    rowAsArray: arrays,
    fields: fields.map(({ name, dataTypeID }) => ({
      name,
      dataTypeID,
      tableID: 0,
      columnID: 0,
      dataTypeSize: -1,
      dataTypeModifier: -1,
      format: "text",
    })),
    rows: arrays ? rows : rows.map((row) => Object.fromEntries(row.map((value, index) => [fields[index]?.name ?? "", value]))),
  };
}
