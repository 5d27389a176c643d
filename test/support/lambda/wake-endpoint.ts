/**
 * The parts of SQS's and EventBridge Scheduler's APIs that a wake queue calls, in front of a fake of both.
 * @module
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { WakeMessage } from "../../../adapters/lambda/wake-message.ts";
import type { FakeAws } from "./fake-aws.ts";

export interface WakeEndpoint {
  readonly url: string;
  /** What a function needs to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** What was asked for in a way that AWS would refuse. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

interface Batch {
  readonly QueueUrl: string;
  readonly Entries: readonly { readonly Id: string; readonly MessageBody: string; readonly DelaySeconds: number }[];
}
interface Schedule {
  readonly ActionAfterCompletion: string;
  readonly FlexibleTimeWindow: { readonly Mode: string };
  readonly GroupName: string;
  readonly ScheduleExpression: string;
  readonly Target: { readonly Arn: string; readonly RoleArn: string; readonly Input: string };
}

const QUEUE = "000000000000/wake";
const QUEUE_ARN = "arn:aws:sqs:eu-central-1:000000000000:wake";
const ROLE_ARN = "arn:aws:iam::000000000000:role/scheduler";

/** The trace of an invocation in a lineage, by the header that AWS's runtime passes on. */
export function traceOf(hop: number): string {
  return `Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=1:a87bd80c:${hop}`;
}

export async function startWakeEndpoint(aws: Pick<FakeAws, "calls">): Promise<WakeEndpoint> {
  const refused: string[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString()) as unknown;
    const [, hop = "0"] = /Lineage=1:\w+:(\d+)/.exec(String(request.headers["x-amzn-trace-id"])) ?? [];
    const [status, answer] = await answerOf(request, body, aws.calls(Number(hop)));
    if (status === 400) refused.push(`${request.url} ${JSON.stringify(body)}`);
    response.writeHead(status).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    refused,
    env: {
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL_SCHEDULER: url,
      MAYFLY_WAKE_QUEUE_URL: `${url}/${QUEUE}`,
      MAYFLY_SCHEDULER_ROLE_ARN: ROLE_ARN,
      MAYFLY_SCHEDULER_GROUP: "mayfly",
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerOf(
  { url = "", headers }: IncomingMessage,
  body: unknown,
  calls: ReturnType<FakeAws["calls"]>,
): Promise<[number, object]> {
  const service = url.startsWith("/schedules/") ? "scheduler" : "sqs";
  const isSigned = String(headers.authorization).includes(`/eu-central-1/${service}/aws4_request, SignedHeaders=`);
  if (!isSigned) return [403, {}];
  return service === "sqs"
    ? await send(body as Batch, headers, calls)
    : await create(url.slice("/schedules/".length), body as Schedule, calls);
}

async function send(
  { QueueUrl, Entries }: Batch,
  headers: IncomingMessage["headers"],
  calls: ReturnType<FakeAws["calls"]>,
): Promise<[number, object]> {
  const isRight =
    headers["content-type"] === "application/x-amz-json-1.0" &&
    headers["x-amz-target"] === "AmazonSQS.SendMessageBatch" &&
    QueueUrl.endsWith(QUEUE) &&
    Entries.length >= 1 &&
    Entries.length <= 10 &&
    new Set(Entries.map(({ Id }) => Id)).size === Entries.length &&
    Entries.every(({ DelaySeconds }) => Number.isInteger(DelaySeconds) && DelaySeconds >= 0 && DelaySeconds <= 900);
  if (!isRight) return [400, {}];
  for (const { MessageBody, DelaySeconds } of Entries) await calls.send([JSON.parse(MessageBody) as WakeMessage], DelaySeconds);
  return [200, { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] }];
}

async function create(name: string, schedule: Schedule, calls: ReturnType<FakeAws["calls"]>): Promise<[number, object]> {
  const { ActionAfterCompletion, FlexibleTimeWindow, GroupName, ScheduleExpression, Target } = schedule;
  const [, at = ""] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(ScheduleExpression) ?? [];
  const isRight =
    /^[0-9a-zA-Z\-_.]{1,64}$/.test(name) &&
    ActionAfterCompletion === "DELETE" &&
    FlexibleTimeWindow.Mode === "OFF" &&
    GroupName === "mayfly" &&
    Target.Arn === QUEUE_ARN &&
    Target.RoleArn === ROLE_ARN &&
    Date.parse(`${at}Z`) > Date.now();
  if (!isRight) return [400, {}];
  const isNew = await calls.oneShot(name, Date.parse(`${at}Z`), JSON.parse(Target.Input) as WakeMessage);
  return isNew
    ? [200, { ScheduleArn: `arn:aws:scheduler:eu-central-1:000000000000:schedule/mayfly/${name}` }]
    : [409, { Message: "exists" }];
}
