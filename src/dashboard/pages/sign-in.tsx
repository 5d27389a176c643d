/**
 * The door: an operator's token, or nothing.
 * @module
 */
import { Layout } from "../components/layout.tsx";
import { Hidden } from "../components/post.tsx";
import type { Frame } from "../page-context.ts";

export interface SignInProps {
  readonly frame: Frame;
  /** Where to go on. */
  readonly next: string | undefined;
  /** Where it is asked for on the machine itself. */
  readonly local: boolean;
  /** It is not served over TLS. */
  readonly plain: boolean;
  /** What was wrong with the try before. */
  readonly problem?: string;
}

export function SignInPage({ frame, next, local, plain, problem }: SignInProps) {
  return (
    <Layout frame={frame} title="Sign in">
      <section class="narrow panel door">
        <h1>Sign in</h1>
        <form method="post" action={frame.link("/sign-in")}>
          <Hidden values={{ next }} />
          <p class="field">
            <label for="token">Operator token</label>
            <input
              id="token"
              type="password"
              name="token"
              autocomplete="current-password"
              required
              {...(problem ? { "aria-invalid": "true", "aria-describedby": "token-problem" } : {})}
            />
            {problem && (
              <span class="wrong" id="token-problem" role="alert">
                {problem}
              </span>
            )}
          </p>
          <p>
            <button class="primary" type="submit">
              Sign in
            </button>
          </p>
        </form>
        {plain && <p class="wrong">This page came without TLS, and a session needs it: use https.</p>}
        <p class="muted">It is one of those in MAYFLY_OPERATOR_TOKENS.{local && " Under npm start, where none is set, it is dev."}</p>
      </section>
    </Layout>
  );
}

/** Nobody can sign in where no operator has a token. */
export function ClosedPage({ frame }: { readonly frame: Frame }) {
  return (
    <Layout frame={frame} title="Closed">
      <section class="narrow panel door">
        <h1>The dashboard is closed</h1>
        <p>No operator has a token. Set this variable to a long random text, and deploy:</p>
        <p>
          <code class="command">MAYFLY_OPERATOR_TOKENS</code>
        </p>
        <p class="muted">On Cloudflare: npx wrangler secret put MAYFLY_OPERATOR_TOKENS</p>
      </section>
    </Layout>
  );
}
