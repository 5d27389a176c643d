/**
 * Reading a request's JSON, never more of it than is allowed.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import { DEEPEST, inexactIn } from "../base/json-value.ts";

/** Deeper than a payload may be, since a payload lies three levels down in the body, so that a payload that is a little too deep is refused with its path. */
const DEEPEST_BODY = DEEPEST + 50;

/**
 * The body as JSON; `noBody`, where that is allowed and there is none.
 * @throws `body_too_large` before more than `maxBytes` are kept, `invalid_json` where it is not JSON, nested too deep, or holds a number that would be rounded
 */
export async function readJson(request: Request, maxBytes: number, noBody?: object): Promise<unknown> {
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
  const text = await new Blob(chunks).text();
  if (text === "" && noBody) return noBody;
  if (isDeeper(text, DEEPEST_BODY)) throw new MayflyError("invalid_json", `The body is nested more than ${DEEPEST_BODY} levels deep.`);
  const body = parse(text);
  const inexact = inexactIn(text);
  if (inexact !== undefined)
    throw new MayflyError(
      "invalid_json",
      `The body holds a whole number of ${inexact.length} digits, which would be rounded: beyond 9007199254740991, send it as text.`,
    );
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MayflyError("invalid_json", "The body is not valid JSON.");
  }
}

/** Whether lists and objects are nested deeper than this, without making any of them. */
function isDeeper(json: string, most: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < json.length; at++) {
    const sign = json[at];
    if (sign === '"') quoted = !quoted;
    else if (quoted) at += sign === "\\" ? 1 : 0;
    else if (sign === "]" || sign === "}") depth--;
    else if ((sign === "[" || sign === "{") && ++depth > most) return true;
  }
  return false;
}
