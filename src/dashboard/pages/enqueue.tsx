/**
 * Enqueuing by hand: choose a job, fill in its form.
 * @module
 */
import { createIdSource } from "../../base/ids.ts";
import type { JobDefinition } from "../../job/job-definition.ts";
import { Empty } from "../components/empty.tsx";
import { FormInput } from "../components/form-input.tsx";
import { Layout } from "../components/layout.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Hidden } from "../components/post.tsx";
import type { Page, PageContext } from "../page-context.ts";
import { show } from "../respond.ts";
import { type FormField, fieldsOf } from "../schema-form.ts";

/** The payload as a whole, where it has no fields. */
const WHOLE: FormField = { name: "", kind: "json", required: true, choices: [], hint: "An object, as JSON", initial: "{}" };

const option = (name: string, hint?: string, kind: FormField["kind"] = "text"): FormField => ({
  name,
  kind,
  required: false,
  choices: [],
  hint,
  initial: "",
});

/** What an enqueue may say differently from the definition. */
const OPTIONS = [
  { label: "Queue", field: option("queue") },
  { label: "Priority", field: option("priority", "Higher first", "integer") },
  { label: "Delay", field: option("delay", 'Such as "10m"') },
  { label: "Key", field: option("concurrencyKey", "Jobs of one name and key: one live at a time, or as the job says") },
] as const;

/** What was typed, and what is wrong with it, both by the names of inputs. */
export interface Typed {
  readonly values: ReadonlyMap<string, string>;
  readonly problems: ReadonlyMap<string, readonly string[]>;
  /** Of no input. */
  readonly others: readonly string[];
}

export const enqueuePage: Page = async (c, context) => {
  const definition = context.definitions.get(c.req.query("job") ?? "");
  return show(c, definition ? <FormPage context={context} definition={definition} /> : <ChoicePage context={context} />);
};

function ChoicePage({ context }: { readonly context: PageContext }) {
  const definitions = [...new Set(context.definitions.values())];
  return (
    <Layout frame={context} title="Enqueue">
      <PageHead title="Enqueue a job" />
      {definitions.length === 0 ? (
        <Empty title="No job is defined." command={'jobs: [defineJob("welcome-user")]'}>
          List them in createMayfly:
        </Empty>
      ) : (
        <ul class="cards">
          {definitions.map(({ name, queue }) => (
            <li>
              <a class="panel" href={context.link("/enqueue", { job: name })}>
                <b>{name}</b>
                <span class="muted">{queue}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Layout>
  );
}

export interface FormPageProps {
  readonly context: PageContext;
  readonly definition: JobDefinition;
  readonly typed?: Typed;
}

export function FormPage({ context, definition, typed }: FormPageProps) {
  const { name } = definition;
  const fields = fieldsOf(definition) ?? [WHOLE];
  const value = (id: string, initial: string) => typed?.values.get(id) ?? initial;
  const problems = (id: string) => typed?.problems.get(id) ?? [];
  const defaults: Record<string, string> = { queue: definition.queue, priority: String(definition.priority), delay: "at once" };
  // One id for all the times that this very form is sent: the job goes in once.
  const id = createIdSource({ now: () => context.now })();
  return (
    <Layout frame={context} title={`Enqueue ${name}`}>
      <section class="narrow">
        <PageHead title={`Enqueue ${name}`}>
          <a href={context.link("/enqueue")}>Another job</a>
        </PageHead>
        {typed && (
          <div class="notice failed" role="alert">
            <p>Nothing was enqueued: look at what is marked. {typed.others.join("; ")}</p>
          </div>
        )}
        <form class="panel form" method="post" action={context.link("/enqueue")}>
          <Hidden values={{ csrf: context.session.csrf, job: name, id: value("id", id) }} />
          <fieldset>
            <legend>Payload</legend>
            {fields.length === 0 && <p class="muted">It takes none.</p>}
            {fields.map((field) => {
              const input = `payload.${field.name}`;
              const label = field.name === "" ? "Payload" : field.name;
              return (
                <FormInput prefix="payload" field={field} label={label} value={value(input, field.initial)} problems={problems(input)} />
              );
            })}
          </fieldset>
          <fieldset class="options">
            <legend>Options</legend>
            {OPTIONS.map(({ label, field }) => {
              const input = `option.${field.name}`;
              return (
                <FormInput
                  prefix="option"
                  field={field}
                  label={label}
                  value={value(input, "")}
                  placeholder={defaults[field.name] ?? ""}
                  problems={problems(input)}
                />
              );
            })}
          </fieldset>
          <button class="primary" type="submit">
            Enqueue
          </button>
        </form>
      </section>
    </Layout>
  );
}
