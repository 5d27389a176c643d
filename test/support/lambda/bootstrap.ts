/**
 * What runs in a Lambda function's process: loads the handler and asks the Runtime API for one event after the other. In the place of
 * AWS's own client, which speaks the same protocol but has to be compiled.
 * @module
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { AWS_LAMBDA_RUNTIME_API, AWS_LAMBDA_FUNCTION_NAME, LAMBDA_TASK_ROOT = "", _HANDLER = "" } = process.env;
const api = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

type Handler = (event: unknown, context: object) => Promise<unknown>;

async function post(path: string, body: unknown): Promise<void> {
  await (await fetch(`${api}/${path}`, { method: "POST", body: JSON.stringify(body ?? null) })).text();
}

function told(error: unknown): object {
  const { name, message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  return { errorType: name, errorMessage: message, stackTrace: stack.split("\n") };
}

async function load(): Promise<Handler> {
  const [file, name = ""] = _HANDLER.split(".");
  const { [name]: handler } = (await import(pathToFileURL(join(LAMBDA_TASK_ROOT, `${file}.mjs`)).href)) as Record<string, unknown>;
  if (typeof handler !== "function") throw new TypeError(`${_HANDLER} is not exported`);
  return handler as Handler;
}

const handler = await load().catch(async (error: unknown) => {
  await post("init/error", told(error));
  process.exit(1);
});
for (;;) {
  const next = await fetch(`${api}/invocation/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id") ?? "";
  const deadline = Number(next.headers.get("lambda-runtime-deadline-ms"));
  // As AWS's own runtime does, for what its client sends.
  process.env._X_AMZN_TRACE_ID = next.headers.get("lambda-runtime-trace-id") ?? "";
  const event: unknown = await next.json();
  const context = {
    awsRequestId: id,
    functionName: AWS_LAMBDA_FUNCTION_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    await post(`invocation/${id}/response`, await handler(event, context));
  } catch (error) {
    await post(`invocation/${id}/error`, told(error));
  }
}
