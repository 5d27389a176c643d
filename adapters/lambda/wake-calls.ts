/**
 * The two calls to AWS that a wake queue makes: messages to SQS (JSON protocol), and one-shots of EventBridge Scheduler (REST).
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 * @module
 */
import type { Clock } from "../../src/base/clock.ts";
import { MayflyError } from "../../src/base/errors.ts";
import { type AwsEnvironment, signedHeaders } from "./signed-request.ts";
import type { WakeMessage } from "./wake-message.ts";

/** What opts in. */
export interface WakeQueueEnvironment extends AwsEnvironment {
  /** The queue whose messages start `tick`. Unset: there is none. */
  readonly MAYFLY_WAKE_QUEUE_URL?: string;
  /** The role by which EventBridge Scheduler may send to the queue. */
  readonly MAYFLY_SCHEDULER_ROLE_ARN?: string;
  /** The group of the one-shots. Default: Scheduler's own, "default". */
  readonly MAYFLY_SCHEDULER_GROUP?: string;
  readonly AWS_ENDPOINT_URL_SQS?: string;
  readonly AWS_ENDPOINT_URL_SCHEDULER?: string;
}

export interface WakeCalls {
  /** Sends messages, to be received after so many seconds. */
  send(messages: readonly WakeMessage[], delaySeconds?: number): Promise<void>;
  /** Has a message sent at a time. False: there is a one-shot of this name. */
  oneShot(name: string, fireAt: number, message: WakeMessage): Promise<boolean>;
}

/** Messages of one request (SQS). */
const BATCH = 10;
/** A request takes at most so long, and is made once more where it failed by no fault of its own. */
const TIME_LIMIT_MS = 2_000;

/**
 * The calls for the queue that the environment names, if it names one.
 * @throws `invalid_config` where a part of it is missing or wrong
 */
export function wakeCallsOf(env: WakeQueueEnvironment, clock: Clock): WakeCalls | undefined {
  const { MAYFLY_WAKE_QUEUE_URL: queueUrl, MAYFLY_SCHEDULER_ROLE_ARN: role = "", AWS_REGION: region = "" } = env;
  if (!queueUrl) return undefined;
  const [, partition] = /^arn:([a-z-]+):iam::\d+:role\//.exec(role) ?? [];
  const [, account, queue] = /^https?:\/\/[^/]+\/(\d+)\/([\w-]+)$/.exec(queueUrl) ?? [];
  if (!partition || !account || !queue) {
    const wrong = account ? `MAYFLY_SCHEDULER_ROLE_ARN is ${JSON.stringify(role)}` : `MAYFLY_WAKE_QUEUE_URL is ${JSON.stringify(queueUrl)}`;
    throw new MayflyError("invalid_config", `${wrong}; both have to be there, the URL of a standard queue and the ARN of a role.`);
  }
  const queueArn = `arn:${partition}:sqs:${region}:${account}:${queue}`;
  const schedulerUrl = env.AWS_ENDPOINT_URL_SCHEDULER ?? `https://scheduler.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`;
  const sqsUrl = `${env.AWS_ENDPOINT_URL_SQS ?? new URL(queueUrl).origin}/`;

  async function post(service: string, url: string, headers: Record<string, string>, content: object): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const body = JSON.stringify(content);
      const signed = await signedHeaders({ service, url, headers, body }, env, clock.now());
      const answer = await fetch(url, { method: "POST", headers: signed, body, signal: AbortSignal.timeout(TIME_LIMIT_MS) }).catch(failed);
      const isRefused = answer instanceof Response && answer.status < 500 && answer.status !== 429;
      if (answer instanceof Response && (isRefused || attempt === 2)) return answer;
      if (attempt === 2) throw answer;
    }
  }

  async function send(messages: readonly WakeMessage[], delaySeconds = 0): Promise<void> {
    for (let from = 0; from < messages.length; from += BATCH) {
      const Entries = messages.slice(from, from + BATCH).map((message, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify(message),
        DelaySeconds: delaySeconds,
      }));
      const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessageBatch" };
      const response = await post("sqs", sqsUrl, headers, { QueueUrl: queueUrl, Entries });
      const { Failed = [] } = response.ok ? ((await response.json()) as { Failed?: { Code: string }[] }) : {};
      if (!response.ok || Failed[0]) throw new Error(`SQS answered ${response.status} ${Failed[0]?.Code ?? (await response.text())}`);
    }
  }

  async function oneShot(name: string, fireAt: number, message: WakeMessage): Promise<boolean> {
    const response = await post(
      "scheduler",
      `${schedulerUrl}/schedules/${queue?.slice(-40)}-${name}`,
      { "content-type": "application/json" },
      {
        ActionAfterCompletion: "DELETE",
        ClientToken: crypto.randomUUID(),
        FlexibleTimeWindow: { Mode: "OFF" },
        ...(env.MAYFLY_SCHEDULER_GROUP ? { GroupName: env.MAYFLY_SCHEDULER_GROUP } : {}),
        ScheduleExpression: `at(${new Date(fireAt).toISOString().slice(0, 19)})`,
        Target: { Arn: queueArn, RoleArn: role, Input: JSON.stringify(message) },
      },
    );
    if (!response.ok && response.status !== 409)
      throw new Error(`EventBridge Scheduler answered ${response.status} ${await response.text()}`);
    return response.ok;
  }

  return { send, oneShot };
}

function failed(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
