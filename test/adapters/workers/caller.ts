/**
 * Another Worker of the account: passes on what it is sent, `{ binding, method, args }`.
 */
import type { JobsEntrypoint } from "mayfly/cloudflare";

type Env = Readonly<Record<string, JobsEntrypoint>>;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { binding, method, args } = (await request.json()) as { binding: string; method: keyof JobsEntrypoint; args: [never, never] };
    try {
      return Response.json({ answer: (await env[binding]?.[method](...args)) ?? null });
    } catch (error) {
      const { message, code, problems } = error as Error & { code?: string; problems?: unknown };
      return Response.json({ message, code, problems });
    }
  },
};
