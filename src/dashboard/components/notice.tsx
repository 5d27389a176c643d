/**
 * What an action had to say.
 * @module
 */
import type { Flash } from "../flash.ts";
import type { Frame } from "../page-context.ts";

export function Notice({ flash: { kind, text, job }, link }: { readonly flash: Flash; readonly link: Frame["link"] }) {
  return (
    <div class={`notice ${kind}`} role={kind === "done" ? "status" : "alert"}>
      <p>
        {text} {job && <a href={link(`/jobs/${job}`)}>Show the job</a>}
      </p>
    </div>
  );
}
