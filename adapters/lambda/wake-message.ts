/**
 * What starts a tick by way of the queue.
 * @module
 */
export interface WakeMessage {
  readonly source: "mayfly.wake";
  /** The lane that it starts. */
  readonly lane?: string;
  /** The time that it was armed for, in milliseconds since the epoch. */
  readonly at?: number;
}

/** The messages of an event of SQS. Undefined: it is another event. */
export function wakesOf(event: unknown): readonly WakeMessage[] | undefined {
  const { Records } = (event ?? {}) as { readonly Records?: readonly { readonly eventSource?: string; readonly body?: string }[] };
  if (!Array.isArray(Records) || !Records.every(({ eventSource }) => eventSource === "aws:sqs")) return undefined;
  return Records.map(({ body = "" }) => messageOf(body));
}

/** Whatever somebody has put into the queue starts a tick. */
function messageOf(body: string): WakeMessage {
  try {
    const { lane, at } = JSON.parse(body) as Record<string, unknown>;
    return { source: "mayfly.wake", ...(typeof lane === "string" ? { lane } : {}), ...(typeof at === "number" ? { at } : {}) };
  } catch {
    return { source: "mayfly.wake" };
  }
}
