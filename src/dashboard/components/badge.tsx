/**
 * A state, as a word with a colour beside it.
 * @module
 */
import { titled } from "../outcomes.ts";

export function Badge({ state, text = titled(state) }: { readonly state: string; readonly text?: string }) {
  return <span class={`badge ${state}`}>{text}</span>;
}
