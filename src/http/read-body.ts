/**
 * Reading a request's JSON, never more of it than is allowed.
 * @module
 */
import { MayflyError } from "../core/errors.ts";

/**
 * The body as JSON.
 * @throws `body_too_large` before more than `maxBytes` are kept, `invalid_json` where it is not JSON
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const tooLarge = () =>
    new MayflyError("body_too_large", `The body is larger than the ${maxBytes} bytes that one call may hold. Split the batch.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return JSON.parse(await new Blob(chunks).text());
  } catch {
    throw new MayflyError("invalid_json", "The body is not valid JSON.");
  }
}
