/**
 * The filters of a list, as a form that works by itself.
 * @module
 */
import type { Filter } from "../filters.ts";
import type { PageContext, Query } from "../page-context.ts";
import { Hidden } from "./post.tsx";

export interface FilterBarProps {
  readonly context: PageContext;
  readonly path: string;
  readonly filter: Filter;
  /** The status that a list can be narrowed to. */
  readonly status?: {
    readonly name: string;
    readonly label: string;
    readonly value: string;
    readonly options: readonly (readonly [value: string, label: string])[];
  };
  /** Kept as it is. */
  readonly keep?: Query;
}

export function FilterBar({ context, path, filter, status, keep = {} }: FilterBarProps) {
  const queues = new Set([...context.definitions.values()].map(({ queue }) => queue));
  const more = [filter.worker, filter.by, filter.since, filter.until].some((value) => value !== undefined);
  return (
    <form class="filters" method="get" action={context.link(path)} aria-label="Filter">
      <Hidden values={keep} />
      {status && (
        <p>
          <label for="f-status">{status.label}</label>
          <select id="f-status" name={status.name}>
            {status.options.map(([value, label]) => (
              <option value={value} selected={value === status.value}>
                {label}
              </option>
            ))}
          </select>
        </p>
      )}
      <Text name="name" label="Job" value={filter.name} options={[...context.definitions.keys()]} />
      <Text name="queue" label="Queue" value={filter.queue} options={[...queues]} />
      <Text name="key" label="Key" value={filter.key} />
      <details class="more" id="more-filters" open={more}>
        <summary>More</summary>
        <div>
          <Text name="since" label="From (UTC)" value={filter.since?.slice(0, 16)} type="datetime-local" />
          <Text name="until" label="Before (UTC)" value={filter.until?.slice(0, 16)} type="datetime-local" />
          <Text name="worker" label="Worker id" value={filter.worker} />
          <Text name="by" label="Enqueued by" value={filter.by} />
        </div>
      </details>
      <p class="go">
        <button type="submit">Filter</button> <a href={context.link(path)}>Clear</a>
      </p>
    </form>
  );
}

interface TextProps {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly type?: "text" | "datetime-local";
  /** Offered, not required. */
  readonly options?: readonly string[];
}

function Text({ name, label, value, type = "text", options }: TextProps) {
  const id = `f-${name}`;
  return (
    <p>
      <label for={id}>{label}</label>
      <input id={id} name={name} type={type} value={value ?? ""} autocomplete="off" {...(options ? { list: `${id}-list` } : {})} />
      {options && (
        <datalist id={`${id}-list`}>
          {options.map((option) => (
            <option value={option}></option>
          ))}
        </datalist>
      )}
    </p>
  );
}
