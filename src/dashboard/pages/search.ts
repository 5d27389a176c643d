/**
 * The one search box: an id leads to its job, anything else to the jobs of that key.
 * @module
 */
import { isUuid } from "../../base/ids.ts";
import type { Page } from "../site.ts";

export const searchPage: Page = async (c, site) => {
  const text = (c.req.query("q") ?? "").trim();
  if (text === "") return c.redirect(site.link("/"), 303);
  return c.redirect(isUuid(text) ? site.link(`/jobs/${text.toLowerCase()}`) : site.link("/results", { key: text }), 303);
};
