/**
 * A Worker that only enqueues, with its app's own row in the same transaction where it is asked to.
 */
import { callSites, createProducer, defineJob, isMayflyError, type MayflyEnvironment, neonHttp, transactions } from "mayfly/producer";

interface Env extends MayflyEnvironment {
  readonly DATABASE_URL: string;
}

const greet = defineJob<"greet", { name: string }>("greet", { concurrencyKey: ({ name }) => name });

const producer = createProducer<Env>({
  database: (env) => neonHttp(env.DATABASE_URL, { endpoint: env.MAYFLY_NEON_ENDPOINT }),
}).with(transactions, callSites);

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const jobs = producer.connect(env);
    const { name } = (await request.json()) as { name: string };
    try {
      if (new URL(request.url).pathname === "/transaction")
        return Response.json(await jobs.transaction([jobs.statement(greet, { name }), ["select 1 as one"]]));
      return Response.json(await jobs.enqueue(greet, { name }, { delay: "1h" }));
    } catch (error) {
      if (!isMayflyError(error)) throw error;
      return Response.json({ code: error.code, problems: error.problems });
    }
  },
};
