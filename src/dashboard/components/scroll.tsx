/**
 * What may be longer than its place. It scrolls by itself, so the keyboard has to reach it.
 * @module
 */
import type { Child } from "hono/jsx";

export interface ScrollProps {
  readonly class: "code" | "scroll";
  readonly label: string;
  readonly children?: Child;
}

export function Scroll({ class: kind, label, children }: ScrollProps) {
  return (
    <section class={kind} tabindex={0} aria-label={label}>
      {children}
    </section>
  );
}
