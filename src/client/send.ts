/**
 * Sending a request to the API, again where no answer came.
 * @module
 */
import { type ErrorCode, MayflyError } from "../base/errors.ts";
import type { ProblemDetails } from "../http/problem.ts";
import type { RouteKey } from "../http/route-table.ts";
import type { Answer, Body, Params, Query } from "../http/route-types.ts";
import type { ClientOptions, RequestOptions } from "./types.ts";
import { wait } from "./wait.ts";

interface Parts<Key extends RouteKey> extends RequestOptions {
  readonly params?: Params<Key>;
  readonly query?: Query<Key>;
  readonly body?: Body<Key>;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Send = <Key extends RouteKey>(route: Key, parts: Parts<Key>) => Promise<Answer<Key>>;

/** Times that it may be sent again. */
const REPEATS = 3;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/** A function that asks a route. */
export function senderTo({ url, token, fetch: given }: ClientOptions): Send {
  const base = String(url).replace(/\/+$/, "");
  const fetchIt = given ?? ((to, init) => fetch(to, init));

  return async (route, { params, query, body, headers, signal }) => {
    const [method = "", path = ""] = route.split(" ");
    const to = base + fill(path, params as object | undefined) + search(query as object | undefined);
    const init: RequestInit = { method, headers: { ...headers, accept: "application/json", authorization: `Bearer ${token}` } };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { ...init.headers, "content-type": "application/json" };
    }
    if (signal) init.signal = signal;
    for (let sent = 0; ; sent++) {
      signal?.throwIfAborted();
      let problem: MayflyError;
      let pause = FIRST_WAIT_MS * 2 ** sent;
      try {
        const response = await fetchIt(to, init);
        const text = await response.text();
        if (response.ok) return JSON.parse(text);
        problem = toError(response.status, text);
        pause = Number(response.headers.get("retry-after") ?? pause / 1_000) * 1_000;
      } catch (cause) {
        signal?.throwIfAborted();
        problem = new MayflyError("no_answer", `The API at ${base} gave no answer to ${route}.`, { cause });
      }
      if (sent === REPEATS || !(problem.code === "no_answer" || problem.status === 503)) throw problem;
      await wait(Math.min(pause || 0, LONGEST_WAIT_MS), signal);
    }
  };
}

function fill(path: string, params: object = {}): string {
  return Object.entries(params).reduce((filled, [name, value]) => filled.replace(`:${name}`, () => encodeURIComponent(value)), path);
}

function search(query: object = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, String(value));
  return params.size === 0 ? "" : `?${params}`;
}

/** The error that the API told of. What is no problem of its making came from something in between. */
function toError(status: number, text: string): MayflyError {
  try {
    const { code, detail, problems = [] } = JSON.parse(text) as ProblemDetails;
    if (code && detail) return new MayflyError(code, detail, { problems, status });
  } catch {
    // Told below.
  }
  const code: ErrorCode = status === 401 ? "unauthorized" : "internal";
  return new MayflyError(code, `The API answered ${status}, and not as Mayfly does. Is the URL right?`, { status });
}
