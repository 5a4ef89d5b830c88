import type { Line, Span } from '../../platform/terminal/lines.js';

/** One column of a list. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => Span;
  /** Shown only with `--output wide` or if `--columns` names it. */
  readonly wide?: true;
}

/** Describes how a kind of resource is listed. */
export interface List<Row> {
  /** The kind of resource in messages, e.g. `cluster`. */
  readonly noun: string;
  readonly columns: readonly Column<Row>[];
  /** Returns what `--output name` prints for a row. */
  readonly nameOf: (row: Row) => string;
  /**
   * JSON fields that `--filter` and `--sort-by` accept even if no row has them. If `undefined`, every key
   * is accepted for an empty list.
   */
  readonly fields?: readonly string[];
  /** Returns lines to print above the table. */
  readonly linesAbove?: (rows: readonly Row[]) => readonly Line[];
  /** Printed instead of an empty table. */
  readonly emptyLine?: Line;
  /** Use the layout of the `pks` CLI: an empty line above the table, JSON indented by 3 spaces. */
  readonly isPks?: true;
}
