/**
 * Cancelling several jobs: asked once, then told how it went.
 * @module
 */
import type { CancelOutcome } from "../../job/jobs-client.ts";
import { Layout } from "../components/layout.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Post } from "../components/post.tsx";
import { PAGE_SIZE } from "../filters.ts";
import { many } from "../format.ts";
import type { Page, PageContext } from "../page-context.ts";
import { field, goBack, idsOf, localPath, show } from "../respond.ts";

export const cancelMany: Page = async (c, context) => {
  const ids = await idsOf(c, PAGE_SIZE);
  if (ids.length === 0) return goBack(c, context, "/waiting", { kind: "warning", text: "No job was selected." });
  const back = localPath(await field(c, "back")) ?? "/waiting";
  if ((await field(c, "sure")) !== "yes") return show(c, <SurePage context={context} ids={ids} back={back} />);
  const outcomes = await Promise.all(ids.map((id) => context.jobs.cancel(id)));
  const count = (outcome: CancelOutcome) => outcomes.filter((one) => one === outcome).length;
  const late = count("finished") + count("unknown");
  const text = [
    `${many(count("cancelled"), "job")} cancelled.`,
    count("requested") > 0 ? `${many(count("requested"), "job")} had started and will stop.` : "",
    late > 0 ? `${many(late, "job")} had moved on and ended before.` : "",
  ];
  return goBack(c, context, back, { kind: late > 0 ? "warning" : "done", text: text.filter(Boolean).join(" ") });
};

function SurePage({ context, ids, back }: { readonly context: PageContext; readonly ids: readonly string[]; readonly back: string }) {
  return (
    <Layout frame={context} title="Cancel jobs" current="Waiting">
      <section class="narrow panel">
        <PageHead title={`Cancel ${many(ids.length, "job")}?`} />
        <p>They will not run. Those that have started meanwhile are told to stop. This cannot be undone.</p>
        <div class="actions">
          <Post
            context={context}
            action="/cancel"
            values={{ id: ids.join(" "), back, sure: "yes" }}
            label={`Cancel ${many(ids.length, "job")}`}
            kind="danger"
          />
          <a class="button" href={context.link(back)}>
            Keep them
          </a>
        </div>
      </section>
    </Layout>
  );
}
