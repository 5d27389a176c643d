/**
 * A Lambda function on this machine: processes that speak the Runtime API (2018-06-01), one invocation at a time each, and as many of
 * them as there are invocations at once. A process that waits for its next event is stopped, as Lambda freezes it.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { until } from "../condition.ts";

export interface FunctionOptions {
  /** The folder of the bundle. */
  readonly root: string;
  /** File and export: `index.tick`. */
  readonly handler: string;
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds that an invocation may take. */
  readonly timeoutMs: number;
}

export interface LambdaFunction {
  /** What the handler returned. Rejects where Lambda would count an error. With a trace, what it sends belongs to that. */
  invoke(event: unknown, trace?: string): Promise<unknown>;
  /** Kills the processes that run an invocation now. */
  crash(): void;
  /** Everything that was printed. */
  readonly logs: string;
  /** Processes started so far: cold starts. */
  readonly starts: number;
  stop(): Promise<void>;
}

interface Instance {
  readonly process: ChildProcess;
  /** Gives it an event; undefined while it runs one. */
  give: ((event: unknown, trace: string) => void) | undefined;
  settle: PromiseWithResolvers<unknown> | undefined;
  readonly close: () => void;
}

/** Makes the function ready; its first process starts with the first invocation. */
export function createFunction({ root, handler, env, timeoutMs }: FunctionOptions): LambdaFunction {
  const instances = new Set<Instance>();
  let logs = "";
  let starts = 0;

  async function start(): Promise<Instance> {
    starts++;
    const server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const child = spawn(process.execPath, [join(import.meta.dirname, "bootstrap.ts")], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH,
        TZ: ":UTC",
        ...env,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(server.address() as AddressInfo).port}`,
        AWS_LAMBDA_FUNCTION_NAME: "test",
        LAMBDA_TASK_ROOT: root,
        _HANDLER: handler,
      },
    });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (logs += chunk.toString()));
    const waiting = Promise.withResolvers<void>();
    const instance: Instance = {
      process: child,
      give: undefined,
      settle: undefined,
      close: () => {
        server.close();
        server.closeAllConnections();
      },
    };
    child.once("exit", () => {
      instances.delete(instance);
      instance.close();
      instance.settle?.reject(new Error("Runtime exited"));
      waiting.reject(new Error(`the function ended before its first event: ${logs}`));
    });

    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const path = request.url?.replace("/2018-06-01/runtime/", "") ?? "";
      if (path === "invocation/next") {
        instance.give = (event, trace) => {
          const headers = {
            "lambda-runtime-aws-request-id": randomUUID(),
            "lambda-runtime-deadline-ms": String(Date.now() + timeoutMs),
            "lambda-runtime-trace-id": trace,
          };
          response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(event));
        };
        return waiting.resolve();
      }
      let body = "";
      for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString();
      response.writeHead(202).end("{}");
      const said: unknown = JSON.parse(body);
      if (path.endsWith("/response")) instance.settle?.resolve(said);
      else instance.settle?.reject(Object.assign(new Error((said as { errorMessage: string }).errorMessage), { said }));
    }

    instances.add(instance);
    await waiting.promise;
    return instance;
  }

  return {
    get logs() {
      return logs;
    },
    get starts() {
      return starts;
    },
    async invoke(event, trace = "") {
      const instance = [...instances].find(({ give }) => give) ?? (await start());
      const { give } = instance;
      if (!give) throw new Error("an instance that has just started does not wait for an event");
      instance.give = undefined;
      instance.settle = Promise.withResolvers();
      const timer = setTimeout(() => {
        instance.settle?.reject(new Error(`Task timed out after ${timeoutMs / 1_000} seconds`));
        instance.process.kill("SIGKILL");
      }, timeoutMs);
      instance.process.kill("SIGCONT");
      give(event, trace);
      try {
        return await instance.settle.promise;
      } finally {
        clearTimeout(timer);
        instance.settle = undefined;
        await frozen(instance);
      }
    },
    crash() {
      for (const { process, settle } of instances) if (settle) process.kill("SIGKILL");
    },
    async stop() {
      const ended = [...instances].map(({ process }) => new Promise((resolve) => process.once("exit", resolve)));
      for (const { process } of instances) process.kill("SIGKILL");
      await Promise.all(ended);
    },
  };
}

/** Once it has asked for the next event, nothing in it runs. */
async function frozen(instance: Instance): Promise<void> {
  await until(() => instance.give !== undefined || instance.process.exitCode !== null || instance.process.signalCode !== null);
  instance.process.kill("SIGSTOP");
}
