/**
 * Requests as an HTTP API and a function URL send them (payload format 2.0), and their answers.
 * @module
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { AdapterSubject } from "../../../src/testing/index.ts";

export function toEvent(
  path: string,
  { method = "GET", headers = {}, body }: Parameters<AdapterSubject["request"]>[1] = {},
): APIGatewayProxyEventV2 {
  const { pathname, searchParams } = new URL(path, "https://test.example");
  const http = { method, path: pathname, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" };
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: pathname,
    rawQueryString: searchParams.toString(),
    headers: { host: "test.example", "content-type": "application/json", ...headers },
    requestContext: {
      accountId: "000000000000",
      apiId: "test",
      domainName: "test.example",
      domainPrefix: "test",
      http,
      requestId: "1",
      routeKey: "$default",
      stage: "$default",
      time: "01/Jan/2026:00:00:00 +0000",
      timeEpoch: 0,
    },
    ...(body === undefined ? {} : { body: Buffer.from(body).toString("base64") }),
    isBase64Encoded: body !== undefined,
  };
}

export function toResponse(result: unknown): Response {
  const { statusCode, headers, body = "", isBase64Encoded } = result as APIGatewayProxyStructuredResultV2;
  return new Response(isBase64Encoded ? Buffer.from(body, "base64") : body, {
    ...(statusCode === undefined ? {} : { status: statusCode }),
    headers: Object.entries(headers ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  });
}
