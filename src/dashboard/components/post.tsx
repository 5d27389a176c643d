/**
 * An action as a form of its own, with the session's token.
 * @module
 */
import type { Child } from "hono/jsx";
import type { PageContext } from "../page-context.ts";

export interface PostProps {
  readonly context: PageContext;
  readonly action: string;
  /** Sent along. */
  readonly values?: Readonly<Record<string, string>>;
  readonly label: string;
  /** What it acts on, for those who hear the button without what stands round it. */
  readonly about?: string;
  readonly kind?: "primary" | "danger";
  readonly children?: Child;
}

export function Post({ context, action, values = {}, label, about, kind, children }: PostProps) {
  return (
    <form class="post" method="post" action={context.link(action)}>
      <Hidden values={{ csrf: context.session.csrf, ...values }} />
      {children}
      <button type="submit" class={kind ?? ""}>
        {label}
        {about && <span class="hidden"> {about}</span>}
      </button>
    </form>
  );
}

export function Hidden({ values }: { readonly values: Readonly<Record<string, string | undefined>> }) {
  return <>{Object.entries(values).map(([name, value]) => value !== undefined && <input type="hidden" name={name} value={value} />)}</>;
}
