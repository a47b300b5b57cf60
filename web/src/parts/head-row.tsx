import type { JSX } from 'preact';

/** A column of a table: its title, or more than that. */
export type Column = string | { readonly title: string; readonly isNumber: true; readonly hint?: string };

/** The head of a table, a title for each column; those of numbers stand on the right, as the numbers do. */
export function HeadRow({ columns }: { columns: readonly Column[] }): JSX.Element {
  return (
    <thead>
      <tr>
        {columns.map((column) =>
          typeof column === 'string' ? (
            <th key={column} scope="col">
              {column}
            </th>
          ) : (
            <th key={column.title} scope="col" class="num" title={column.hint}>
              {column.title}
            </th>
          ),
        )}
      </tr>
    </thead>
  );
}

/** A column of numbers. */
export function numbers(title: string, hint?: string): Column {
  return { title, isNumber: true, ...(hint !== undefined && { hint }) };
}
