/**
 * A Worker with a token and no database: asks the API of another one, over a service binding.
 */
import { createClient } from "mayfly/client";

interface Env {
  readonly API: { fetch(url: string, init: RequestInit): Promise<Response> };
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { token, name } = (await request.json()) as { token: string; name: string };
    const client = createClient({ url: "https://queue.example", token, fetch: (url, init) => env.API.fetch(url, init) });
    try {
      const result = await client.enqueue(name, { name: "Ada" }, { delay: new Date(Date.now() + 3_600_000) });
      return Response.json({ result, job: await client.get(result.id) });
    } catch (error) {
      const { message, code, status } = error as Error & { code?: string; status?: number };
      return Response.json({ message, code, status });
    }
  },
};
