/**
 * A job as lists name it: what it is, and which one.
 * @module
 */
import { shortId } from "../format.ts";
import type { Frame } from "../page-context.ts";

export interface JobLinkProps {
  readonly id: string;
  readonly name: string;
  readonly link: Frame["link"];
}

export function JobLink({ id, name, link }: JobLinkProps) {
  return (
    <a class="job" href={link(`/jobs/${id}`)}>
      <span class="name">{name}</span> <span class="id">{shortId(id)}</span>
    </a>
  );
}
