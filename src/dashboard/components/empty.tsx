/**
 * Nothing here, and what to do about it.
 * @module
 */
import type { Child } from "hono/jsx";

export interface EmptyProps {
  readonly title: string;
  readonly children?: Child;
  /** A command to copy. */
  readonly command?: string;
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
