/**
 * A table that becomes a list of cards where there is no room for it.
 * @module
 */
import type { Child } from "hono/jsx";

export interface Column {
  readonly label: string;
  /** Numbers and times stand to the right. */
  readonly numeric?: boolean;
  /** Its head is told, not shown. */
  readonly silent?: boolean;
}

export interface DataTableProps {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Cells in the order of the columns; the first one names its row. */
  readonly rows: readonly (readonly Child[])[];
  /** Shown where there are no rows. */
  readonly empty: Child;
}

export function DataTable({ id, caption, columns, rows, empty }: DataTableProps) {
  return (
    <div class="panel table" id={id} data-live>
      {rows.length === 0 ? (
        empty
      ) : (
        <table>
          <caption class="hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ label, numeric, silent }) => (
                <th scope="col" class={numeric ? "numeric" : ""}>
                  <span class={silent ? "hidden" : ""}>{label}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells) => (
              <tr>
                {cells.map((cell, index) => {
                  const { label = "", numeric = false, silent = false } = columns[index] ?? {};
                  const name = { class: numeric ? "numeric" : "", ...(silent ? {} : { "data-label": label }) };
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
