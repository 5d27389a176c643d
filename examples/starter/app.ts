/**
 * The sign-up app: its own routes, and Mayfly's API beside them.
 */
import { Hono } from "hono/tiny";
import { isMayflyError, type MayflyVariables } from "mayfly";
import * as z from "zod";
import { connect, type Env } from "./database.ts";
import { welcome } from "./jobs.ts";
import { mayfly } from "./mayfly.ts";

const signup = z.object({ email: z.email() });

export const app = new Hono<{ Bindings: Env; Variables: MayflyVariables }>();

app.use(mayfly.middleware());

/** The user and the job that greets them come into being together, in one request to the database, or not at all. */
app.post("/signup", async (c) => {
  const form = signup.safeParse(await c.req.json().catch(() => undefined));
  if (!form.success) return c.json({ error: 'send {"email": "..."}', issues: form.error.issues }, 422);
  const userId = crypto.randomUUID();
  try {
    await c.var.jobs.transaction([
      c.var.jobs.statement(welcome, { userId }),
      ["insert into app_user (id, email) values ($1::uuid, $2::text)", [userId, form.data.email]],
    ]);
  } catch (error) {
    if (isMayflyError(error) && "constraint" in error && error.constraint === "app_user_email_key") {
      return c.json({ error: `${form.data.email} has signed up before` }, 409);
    }
    throw error;
  }
  return c.json({ userId }, 201);
});

/** The e-mails that would have been sent, the latest first. */
app.get("/outbox", async (c) => {
  const sql = connect(c.env);
  return c.json(await sql`select recipient, subject, created_at from email order by created_at desc limit 20`);
});

app.route("/", mayfly.app());
