/**
 * One number, and what it is.
 * @module
 */
import type { Child } from "hono/jsx";

export interface TileProps {
  readonly label: string;
  readonly value: string;
  readonly href?: string;
  /** It is not as it should be. */
  readonly bad?: boolean;
  readonly children?: Child;
}

export function Tile({ label, value, href, bad, children }: TileProps) {
  return (
    <div class={`tile ${bad ? "bad" : ""}`}>
      <dt>{href ? <a href={href}>{label}</a> : label}</dt>
      <dd>
        <b>{value}</b>
        {children && <small>{children}</small>}
      </dd>
    </div>
  );
}
