/** What the test Workers take of the runtime's own module. */
declare module "cloudflare:workers" {
  /** The Worker's bindings, before any event. */
  export const env: object;
  export class DurableObject<Env = unknown> {
    protected env: Env;
    protected ctx: object;
    constructor(context: object, env: Env);
  }
  export class WorkerEntrypoint<Env = unknown> {
    protected env: Env;
    protected ctx: object;
    constructor(context: object, env: Env);
  }
}
