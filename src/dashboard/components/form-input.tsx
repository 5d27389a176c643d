/**
 * One labelled input of the enqueue form, with what is wrong with it.
 * @module
 */
import { asText, type FormField } from "../schema-form.ts";

export interface FormInputProps {
  /** What comes before the field's name in that of the input. */
  readonly prefix: "payload" | "option";
  readonly field: FormField;
  readonly label?: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly problems: readonly string[];
}

export function FormInput({ prefix, field, label = field.name, value, placeholder, problems }: FormInputProps) {
  const id = `${prefix}.${field.name}`;
  const [hint, wrong] = [`${id}-hint`, `${id}-problem`];
  const described = [field.hint && hint, problems.length > 0 && wrong].filter(Boolean).join(" ");
  const shared = {
    id,
    name: id,
    required: field.required && field.kind !== "text",
    ...(described ? { "aria-describedby": described } : {}),
    ...(problems.length > 0 ? { "aria-invalid": "true" } : {}),
  };
  return (
    <div class="field">
      <label for={id}>
        {label}
        {!field.required && <span class="muted"> optional</span>}
      </label>
      <Control field={field} value={value} placeholder={placeholder} shared={shared} />
      {field.hint && (
        <span class="muted" id={hint}>
          {field.hint}
        </span>
      )}
      {problems.length > 0 && (
        <span class="wrong" id={wrong}>
          {problems.join("; ")}
        </span>
      )}
    </div>
  );
}

interface ControlProps {
  readonly field: FormField;
  readonly value: string;
  readonly placeholder: string | undefined;
  readonly shared: { readonly id: string; readonly name: string; readonly required: boolean };
}

function Control({ field, value, placeholder, shared }: ControlProps) {
  const { kind, choices, required } = field;
  if (kind === "json") {
    return (
      <textarea {...shared} rows={field.name === "" ? 10 : 3} spellcheck={false}>
        {value}
      </textarea>
    );
  }
  if (kind === "choice" || kind === "boolean") {
    return (
      <select {...shared}>
        {!required && <option value="">not given</option>}
        {choices.map(asText).map((choice) => (
          <option value={choice} selected={choice === value}>
            {choice}
          </option>
        ))}
      </select>
    );
  }
  const numeric = kind === "integer" || kind === "number";
  return (
    <input
      {...shared}
      type={numeric ? "number" : kind}
      step={kind === "integer" ? "1" : numeric ? "any" : undefined}
      value={value}
      placeholder={placeholder}
      autocomplete="off"
      spellcheck={false}
    />
  );
}
