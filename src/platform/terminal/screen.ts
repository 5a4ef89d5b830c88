import { toPrintable } from '../../base/sanitize.js';
import {
  cellWidth,
  displayWidth,
  formatTable,
  lineText,
  type Line,
  type Span,
  spansOf,
  textOf,
} from './lines.js';
import { breakWords } from './wrap.js';

/** A column of a table that fits the terminal. */
export interface ScreenColumn {
  readonly head: string;
  /** If the table is too wide, columns with a lower rank are kept first; with the same rank, those on the left. */
  readonly rank: number;
  /** Whether the cells are useless if shortened, e.g. ids. They are then shortened only if the user has chosen the columns. */
  readonly isWhole?: boolean | undefined;
}

const gap = 2;

/** Wide enough to recognize a name. Cells are shortened to this width before a column is dropped. */
const minimumWidth = 12;

const firstMinimumWidth = 20;

/** For columns that the user has chosen, so that few of them are dropped. */
const chosenMinimumWidth = 4;

/**
 * Formats a table that is not wider than the terminal. Shows the first column and, by rank, the others that fit, and
 * shortens the widest cells.
 * @param rows - the cells of each row, in the order of the columns.
 * @param options.isChosen - whether the user has chosen the columns; they are then shortened further.
 */
export function fitTable(
  columns: readonly ScreenColumn[],
  rows: readonly (readonly Span[])[],
  { width, isChosen = false }: { readonly width: number; readonly isChosen?: boolean },
): Line[] {
  const all = columns.map(({ head, rank, isWhole = false }, index): SizedColumn => {
    const natural = rows.reduce(
      (widest, row) => Math.max(widest, cellWidth(row[index] ?? '')),
      displayWidth(head),
    );
    const limit = index === 0 ? firstMinimumWidth : minimumWidth;
    const minimum = isWhole ? natural : Math.max(Math.min(natural, limit), displayWidth(head));
    return { rank, index, natural, minimum };
  });
  let shown = selectColumns(all, width);
  if (isChosen && shown.length < all.length) {
    const narrow = all.map((column) => {
      const minimum = Math.min(column.natural, chosenMinimumWidth);
      return { ...column, minimum };
    });
    shown = selectColumns(narrow, width);
  }
  const widths = shrink(
    shown.map(({ natural, minimum }) => ({ width: natural, minimum })),
    width - gap * (shown.length - 1),
  );
  const fit = (cells: readonly Span[]) =>
    shown.map(({ index }, position) => shorten(cells[index] ?? '', widths[position] ?? 0));
  const head = columns.map(({ head: text }): Span => ({ text, tone: 'muted' }));
  return formatTable(fit(head), rows.map(fit));
}

interface SizedColumn {
  readonly rank: number;
  /** Position in the table. */
  readonly index: number;
  /** Width of the widest cell. */
  readonly natural: number;
  /** Width to which the cells can be shortened. */
  readonly minimum: number;
}

/** Selects the first column and then, by rank, each column that still fits. Returns them in the order of the table. */
function selectColumns(columns: readonly SizedColumn[], width: number): readonly SizedColumn[] {
  const [first, ...others] = columns;
  let left = width - (first?.minimum ?? 0);
  const fitting = others
    .toSorted((one, other) => one.rank - other.rank)
    .filter(({ minimum }) => {
      const fits = minimum + gap <= left;
      if (fits) left -= minimum + gap;
      return fits;
    });
  return columns.filter((column) => column === first || fitting.includes(column));
}

interface Size {
  readonly width: number;
  readonly minimum: number;
}

/** Reduces the largest widths, one column at a time, until their sum fits. */
function shrink(sizes: readonly Size[], available: number): number[] {
  const widths = sizes.map(({ width }) => width);
  let excess = widths.reduce((sum, width) => sum + width, -available);
  for (; excess > 0; excess -= 1) {
    const reducible = widths.map((width, index) =>
      width > (sizes[index]?.minimum ?? 0) ? width : 0,
    );
    const widest = Math.max(...reducible);
    // Even the first column on its own is too wide.
    if (widest <= 0) return widths.length === 1 ? [available] : widths;
    const index = reducible.indexOf(widest);
    widths[index] = widest - 1;
  }
  return widths;
}

/** Shortens text to a width in terminal columns, and adds an ellipsis at the end. */
export function shorten(cell: Span, width: number): Span {
  if (cellWidth(cell) <= width) return cell;
  const text = `${cut(textOf(cell), width - 1)}\u2026`;
  return typeof cell === 'string' ? text : { ...cell, text };
}

/** Like {@link shorten}, for a line that has several tones. */
export function shortenLine(line: Line, width: number): Line {
  if (displayWidth(lineText(line)) <= width) return line;
  const spans: Span[] = [];
  let left = width - 1;
  for (const span of spansOf(line)) {
    const text = cut(textOf(span), Math.max(0, left));
    spans.push(typeof span === 'string' ? text : { ...span, text });
    left -= cellWidth(span);
  }
  return [...spans, '\u2026'];
}

function cut(text: string, width: number): string {
  let start = '';
  for (const character of text) {
    if (displayWidth(start + character) > width) break;
    start += character;
  }
  return start;
}

/**
 * Formats `Label:  value` lines that fit the terminal. Values are broken between words, and pairs without a value
 * are omitted. A word that is too long, such as an id or a URL, stays whole so that it can be copied.
 */
export function fitDetails(pairs: readonly (readonly [string, Span])[], width: number): Line[] {
  const shown = pairs.filter(([, value]) => textOf(value) !== '');
  const labelWidth = shown.reduce(
    (widest, [label]) => Math.max(widest, displayWidth(label) + 1),
    0,
  );
  const start = labelWidth + gap;
  return shown.flatMap(([label, value]) => {
    const padding = ' '.repeat(start - displayWidth(label) - 1);
    return fitLine([`${label}:`, padding, value], width);
  });
}

/**
 * Breaks lines between words. Only the last span of a line is broken, because the spans before it are its label;
 * continuation lines are aligned with the last span.
 * @param hanging - additional indent of the continuation lines.
 */
export function fitLines(lines: readonly Line[], width: number, hanging = 0): Line[] {
  return lines.flatMap((line) => {
    if (displayWidth(lineText(line)) <= width) return [line];
    if (typeof line !== 'string') return fitLine(line, width, hanging);
    const indent = /^ */.exec(line)?.[0] ?? '';
    return fitLine([indent, line.slice(indent.length)], width, hanging);
  });
}

function fitLine(spans: readonly Span[], width: number, hanging = 0): Line[] {
  const label = spans.slice(0, -1);
  const value = spans.at(-1) ?? '';
  const start = label.reduce((sum, span) => sum + cellWidth(span), 0);
  const indent = start + hanging;
  const [first = '', ...rest] = breakWords(toPrintable(textOf(value)).split(' '), width - indent);
  const toSpan = (text: string): Span =>
    typeof value === 'string' ? text : { text, tone: value.tone };
  return [
    [...label, toSpan(first)],
    ...rest.map((line): Line => [' '.repeat(indent), toSpan(line)]),
  ];
}

/** Removes the empty lines at the start and the end. */
export function trimLines(lines: readonly Line[]): readonly Line[] {
  const isText = (line: Line) => lineText(line) !== '';
  const first = lines.findIndex(isText);
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex(isText) + 1);
}
