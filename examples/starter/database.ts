/**
 * The app's own database, the same one that holds the queue.
 */
import { type MayflyEnvironment, neonHttp } from "mayfly";

export interface Env extends MayflyEnvironment {
  readonly DATABASE_URL: string;
}

/** Asks in a template, whose values become parameters. What comes back is text, as Postgres writes it. */
export function connect(env: Env) {
  // Set by `npm start`, which has an endpoint of its own; in production the host implies it.
  const driver = neonHttp(env.DATABASE_URL, { endpoint: env.MAYFLY_NEON_ENDPOINT });
  return (texts: TemplateStringsArray, ...params: readonly string[]) =>
    driver.query({ text: texts.reduce((before, text, index) => `${before}$${index}${text}`), params });
}
