/**
 * An instant: how long ago or from now, and in full where one points at it.
 * @module
 */
import { instant, relative } from "../format.ts";

export function Time({ at, now }: { readonly at: string | undefined; readonly now: number }) {
  if (at === undefined) return <None />;
  return (
    <time datetime={at} title={instant(at)}>
      {relative(at, now)}
    </time>
  );
}

/** Nothing to show, said to those who listen too. */
export function None({ text = "none" }: { readonly text?: string }) {
  return (
    <span class="none">
      <span aria-hidden="true">–</span>
      <span class="hidden">{text}</span>
    </span>
  );
}
