/**
 * A Worker that is all Mayfly.
 */
import { createMayfly, defineJob, type MayflyEnvironment } from "mayfly";
import { cloudflare } from "mayfly/cloudflare";

interface Env extends MayflyEnvironment {
  readonly DATABASE_URL: string;
  readonly GREETING: string;
}

const greet = defineJob<"greet", { name: string }>("greet");
const followUp = defineJob<"follow-up", { after: string }>("follow-up");
const elsewhere = defineJob("elsewhere", { queue: "long" });

const mayfly = createMayfly<Env>({ jobs: [greet, followUp, elsewhere], database: (env) => env.DATABASE_URL });

export default cloudflare(mayfly, {
  handlers: [
    greet.handle<Env>(async ({ id, payload, env, jobs }) => {
      await jobs.enqueue(followUp, { after: id });
      return `${env.GREETING}, ${payload.name}`;
    }),
    followUp.handle<Env>(() => {}),
  ],
});
