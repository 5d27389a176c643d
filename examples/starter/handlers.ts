/**
 * The code that runs the jobs. Only consumers bundle it.
 */
import { connect, type Env } from "./database.ts";
import { report, welcome } from "./jobs.ts";

export const handlers = [
  welcome.handle<Env>(async ({ id, payload, env, logger }) => {
    const sql = connect(env);
    // A job may run twice, so the e-mail bears the job's id: the second time changes nothing.
    const [email] = await sql`
      insert into email (id, recipient, subject)
      select ${id}, email, 'Welcome!' from app_user where id = ${payload.userId}
      on conflict (id) do update set subject = excluded.subject
      returning recipient`;
    if (!email) throw new Error(`there is no user ${payload.userId}`);
    logger.info("welcome written", { recipient: email.recipient });
  }),

  report.handle<Env>(async ({ payload, env }) => {
    const sql = connect(env);
    const [row] = await sql`
      insert into report (day, signups)
      select ${payload.day}::date, count(*) from app_user where created_at::date = ${payload.day}::date
      on conflict (day) do update set signups = excluded.signups
      returning signups`;
    return { signups: Number(row?.signups) };
  }),
];
