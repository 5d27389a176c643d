/**
 * A table that becomes a list of cards where there is no room for it.
 * @module
 */
import type { Child } from "hono/jsx";
import { None } from "./time.tsx";

export interface Column {
  readonly label: string;
  /** Numbers and times stand to the right. */
  readonly numeric?: boolean;
  /** Its head is told, not shown. */
  readonly silent?: boolean;
  /** Left out where no row has anything in it. */
  readonly optional?: boolean;
}

export interface DataTableProps {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Cells in the order of the columns, undefined where there is nothing to say; the first one names its row. */
  readonly rows: readonly (readonly Child[])[];
  /** Shown where there are no rows. */
  readonly empty: Child;
}

export function DataTable({ id, caption, columns, rows, empty }: DataTableProps) {
  const shown = columns
    .map((column, index) => ({ column, index }))
    .filter(({ column, index }) => !column.optional || rows.some((cells) => cells[index] !== undefined));
  return (
    <div class="panel table" id={id} data-live>
      {rows.length === 0 ? (
        empty
      ) : (
        <table>
          <caption class="hidden">{caption}</caption>
          <thead>
            <tr>
              {shown.map(({ column: { label, numeric, silent } }) => (
                <th scope="col" class={numeric ? "numeric" : ""}>
                  <span class={silent ? "hidden" : ""}>{label}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells) => (
              <tr>
                {shown.map(({ column: { label, numeric, silent }, index }) => {
                  const name = { class: numeric ? "numeric" : "", ...(silent ? {} : { "data-label": label }) };
                  const cell = cells[index] ?? <None />;
                  return index === 0 ? (
                    <th scope="row" {...name}>
                      {cell}
                    </th>
                  ) : (
                    <td {...name}>{cell}</td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
