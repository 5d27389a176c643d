/**
 * The head of a page: its one title, and what stands beside it.
 * @module
 */
import type { Child } from "hono/jsx";

export function PageHead({ title, children }: { readonly title: string; readonly children?: Child }) {
  return (
    <div class="head">
      <h1>{title}</h1>
      {children}
    </div>
  );
}
