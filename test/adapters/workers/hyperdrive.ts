/**
 * The conformance application on Workers, over connections of Hyperdrive.
 */
import { createMayfly, pg } from "mayfly";
import { cloudflare } from "mayfly/cloudflare";
import { type ConformanceEnv, conformanceHandlers, conformanceOptions } from "mayfly/testing";
import { Pool } from "pg";

interface Env extends ConformanceEnv {
  readonly HYPERDRIVE: { readonly connectionString: string };
}

const mayfly = createMayfly<Env>({
  ...conformanceOptions,
  // A connection is opened for each call and closed after it: it may not outlive the invocation, and Hyperdrive keeps the real ones.
  database: ({ HYPERDRIVE }) => pg(new Pool({ connectionString: HYPERDRIVE.connectionString, maxUses: 1 })),
});

export default cloudflare<Env>(mayfly, { handlers: conformanceHandlers });
