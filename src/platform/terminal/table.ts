import stringWidth from 'string-width';
import { isPlain, toPrintable } from '../../base/sanitize.js';
import type { Line, Span } from './lines.js';

/** Spaces between columns: the same number as in the original `pks`, which uses Go's tabwriter. */
const gap = 2;

/**
 * Formats a table with left-aligned columns, two spaces between columns, and no trailing spaces. Each
 * column is as wide as its widest cell. Without rows, only the head is shown.
 */
export function formatTable(head: readonly Span[], rows: readonly (readonly Span[])[]): Line[] {
  const lines = [head, ...rows];
  const columns = lines.reduce((count, cells) => Math.max(count, cells.length), 0);
  const widths: number[] = [];
  for (const cells of lines) {
    // The last column needs no padding.
    for (const [column, cell] of cells.slice(0, columns - 1).entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cellWidth(cell));
    }
  }
  return lines.map((cells) => alignCells(cells, widths));
}

/**
 * Formats a block of `Label:   value` lines. If the value is empty, the line has no trailing spaces.
 *
 * @param pairs - label (without colon) and value.
 * @param valueColumn - column in which values start, counted from 0. It is 26 for `cluster NAME` of the
 *   original CLI. By default, values start two spaces after the longest label.
 */
export function formatDetails(
  pairs: readonly (readonly [string, Span])[],
  valueColumn?: number,
): Line[] {
  const labels = pairs.map(([label]) => `${label}:`);
  const widest = labels.reduce((most, label) => Math.max(most, cellWidth(label)), 0);
  const start = valueColumn ?? widest + gap;
  return pairs.map(([, value], index) => {
    const label = labels[index] ?? '';
    // Even a label that is too long for its column has a gap after it.
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

/** Returns the number of terminal columns of a text, after unprintable characters are escaped. */
export function displayWidth(text: string): number {
  return isPlain(text) ? text.length : stringWidth(toPrintable(text));
}
