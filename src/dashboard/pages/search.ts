/**
 * The one search box: an id leads to its job, anything else to the jobs of that key.
 * @module
 */
import { isUuid } from "../../base/ids.ts";
import type { Page } from "../page-context.ts";

export const searchPage: Page = async (c, context) => {
  const text = (c.req.query("q") ?? "").trim();
  if (text === "") return c.redirect(context.link("/"), 303);
  return c.redirect(isUuid(text) ? context.link(`/jobs/${text.toLowerCase()}`) : context.link("/results", { key: text }), 303);
};
