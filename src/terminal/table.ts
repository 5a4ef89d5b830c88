import { displayWidth } from './columns.js';
import type { Line, Span } from './terminal.js';

/** Spaces between the columns of a table, as Go's tabwriter prints them for `pks`. */
const gap = 2;

/**
 * Left-aligned columns as wide as their longest cell, with two spaces between them and none at the
 * end of a line. Without rows, only the head is shown.
 */
export function table(head: readonly Span[], rows: readonly (readonly Span[])[]): Line[] {
  const lines = [head, ...rows];
  const columns = lines.reduce((most, cells) => Math.max(most, cells.length), 0);
  const widths: number[] = [];
  for (const cells of lines) {
    // Nothing follows the last column.
    for (const [column, cell] of cells.slice(0, columns - 1).entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cellWidth(cell));
    }
  }
  return lines.map((cells) => alignCells(cells, widths));
}

/**
 * A block of `Label:   value` lines; a label with an empty value is shown without spaces after it.
 *
 * @param pairs - label (without colon) and value.
 * @param valueColumn - where values start, counted from 0: 26 in the original's `cluster NAME`.
 *   By default, two spaces after the longest label.
 */
export function details(pairs: readonly (readonly [string, Span])[], valueColumn?: number): Line[] {
  const labels = pairs.map(([label]) => `${label}:`);
  const widest = labels.reduce((most, label) => Math.max(most, cellWidth(label)), 0);
  const start = valueColumn ?? widest + gap;
  return pairs.map(([, value], index) => {
    const label = labels[index] ?? '';
    // A label that is wider than the label column still has a gap after it.
    return alignCells([label, value], [Math.max(start - gap, cellWidth(label))]);
  });
}

function alignCells(cells: readonly Span[], widths: readonly number[]): Line {
  const line: Span[] = [];
  let pending = 0;
  for (const [column, cell] of cells.entries()) {
    if (textOf(cell) !== '') {
      if (pending > 0) line.push(' '.repeat(pending));
      line.push(cell);
      pending = 0;
    }
    if (column === cells.length - 1) break;
    const taken = cellWidth(cell);
    pending += (widths[column] ?? taken) - taken + gap;
  }
  return line;
}

function cellWidth(cell: Span): number {
  return displayWidth(textOf(cell));
}

function textOf(cell: Span): string {
  return typeof cell === 'string' ? cell : cell.text;
}
