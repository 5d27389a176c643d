/**
 * Enqueuing what was typed; what is wrong with it comes back beside its field.
 * @module
 */
import { isMayflyError, type Problem } from "../../base/errors.ts";
import { isUuid } from "../../base/ids.ts";
import type { EnqueueOptions } from "../../job/jobs-client.ts";
import type { Page } from "../page-context.ts";
import { FormPage, type Typed } from "../pages/enqueue.tsx";
import { formOf, goBack, show } from "../respond.ts";
import { fieldsOf, NO_JSON, readFields, readJsonText } from "../schema-form.ts";
import { enqueued } from "./enqueued.ts";

export const enqueue: Page = async (c, context) => {
  const body = await formOf(c);
  const values = new Map(Object.entries(body).flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : [])));
  const definition = context.definitions.get(values.get("job") ?? "");
  if (!definition) return goBack(c, context, "/enqueue", { kind: "failed", text: "No job of that name is defined here." });
  const again = (problems: readonly Problem[]) =>
    show(c, <FormPage context={context} definition={definition} typed={sort(values, problems)} />, 422);

  const fields = fieldsOf(definition);
  const { payload, problems } = fields
    ? readFields(fields, (name) => values.get(`payload.${name}`) ?? "")
    : readWhole(values.get("payload.") ?? "");
  if (problems.length > 0) return again(problems.map(({ path, message }) => ({ path: ["payload", ...path], message })));
  try {
    const options = { ...optionsOf(values), createdBy: context.session.name, source: "dashboard" };
    const result = await context.jobs.enqueue(definition, payload as never, options);
    const { job, ...flash } = enqueued("The job", result);
    return goBack(c, context, job === undefined ? "/enqueue" : `/jobs/${job}`, flash);
  } catch (error) {
    if (isMayflyError(error) && error.problems.length > 0) return again(error.problems);
    throw error;
  }
};

function readWhole(text: string): { payload: unknown; problems: Problem[] } {
  const payload = readJsonText(text);
  return { payload, problems: payload === undefined ? [{ path: [], message: NO_JSON }] : [] };
}

function optionsOf(values: ReadonlyMap<string, string>): EnqueueOptions {
  const typed = (name: string) => values.get(`option.${name}`)?.trim() || undefined;
  const [queue, priority, delay, concurrencyKey] = [typed("queue"), typed("priority"), typed("delay"), typed("concurrencyKey")];
  const id = values.get("id") ?? "";
  return {
    ...(isUuid(id) ? { id } : {}),
    ...(queue === undefined ? {} : { queue }),
    ...(priority === undefined ? {} : { priority: Number(priority) }),
    ...(delay === undefined ? {} : { delay }),
    ...(concurrencyKey === undefined ? {} : { concurrencyKey }),
  };
}

/** Each problem to the input that it is of. */
function sort(values: ReadonlyMap<string, string>, problems: readonly Problem[]): Typed {
  const byInput = new Map<string, string[]>();
  const others: string[] = [];
  for (const { path, message } of problems) {
    const [part, name = "", ...rest] = path;
    const text = rest.length > 0 ? `${rest.join(".")}: ${message}` : message;
    const input = [`${part === "options" ? "option" : part}.${name}`, `${part}.`].find((one) => values.has(one));
    if (input === undefined) others.push(`${path.join(".")}: ${message}`);
    else byInput.set(input, [...(byInput.get(input) ?? []), text]);
  }
  return { values, problems: byInput, others };
}
