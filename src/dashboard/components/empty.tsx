/**
 * Nothing here, and what to do about it.
 * @module
 */
import type { Child } from "hono/jsx";
import type { PageContext } from "../page-context.ts";

export interface EmptyProps {
  readonly title: string;
  readonly children?: Child;
  /** A command to copy. */
  readonly command?: string;
}

/** Enqueues one of the jobs there are. */
export function enqueueCommand({ definitions }: Pick<PageContext, "definitions">): string {
  const [name = "welcome-user"] = definitions.keys();
  return `npx mayfly enqueue ${/^[\w.-]+$/.test(name) ? name : JSON.stringify(name)}`;
}

export function Empty({ title, children, command }: EmptyProps) {
  return (
    <div class="empty">
      <p class="lead">{title}</p>
      {children && <p>{children}</p>}
      {command && (
        <p>
          <code class="command">{command}</code>
        </p>
      )}
    </div>
  );
}
