/**
 * JSON for people: pretty, not endless, without what is not to be read.
 * @module
 */
import { byteLength, type JsonValue } from "../../base/json-value.ts";
import { number } from "../format.ts";
import { redact } from "../redact.ts";
import { Scroll } from "./scroll.tsx";

export interface JsonProps {
  readonly label: string;
  readonly value: JsonValue;
  readonly hide: ReadonlySet<string>;
}

/** More than this is not read but downloaded, from the API. */
const MOST_CHARACTERS = 20_000;

export function Json({ label, value, hide }: JsonProps) {
  const text = JSON.stringify(redact(value, hide), null, 2);
  return (
    <>
      <Scroll class="code" label={label}>
        <pre>{text.slice(0, MOST_CHARACTERS)}</pre>
      </Scroll>
      {text.length > MOST_CHARACTERS && (
        <p class="muted">The beginning of {number(byteLength(text))} bytes. The API has it whole, at GET /v1/jobs/:id.</p>
      )}
    </>
  );
}
