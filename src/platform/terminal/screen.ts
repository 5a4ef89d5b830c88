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
import { wrapWords } from './wrap.js';

/** A column of a table that fits the terminal. */
export interface ScreenColumn {
  readonly head: string;
  /** If the table is too wide, the column with the highest rank is dropped first. */
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
 * Formats a table that is not wider than the terminal. Drops the least important columns, except the first one,
 * and shortens the widest cells.
 * @param rows - the cells of each row, in the order of the columns.
 * @param options.isChosen - whether the user has chosen the columns; if so, cells are shortened further before a column
 *   is dropped.
 */
export function fitTable(
  columns: readonly ScreenColumn[],
  rows: readonly (readonly Span[])[],
  { width, isChosen = false }: { readonly width: number; readonly isChosen?: boolean },
): Line[] {
  const minimumOf = (index: number) => {
    if (isChosen) return chosenMinimumWidth;
    return index === 0 ? firstMinimumWidth : minimumWidth;
  };
  const all = columns.map(({ head, rank, isWhole = false }, index) => {
    const natural = rows.reduce(
      (widest, row) => Math.max(widest, cellWidth(row[index] ?? '')),
      displayWidth(head),
    );
    const minimum = isWhole && !isChosen ? natural : Math.min(natural, minimumOf(index));
    return { rank, index, natural, minimum };
  });
  let shown = all;
  const minimumTotal = () => shown.reduce((sum, { minimum }) => sum + minimum + gap, -gap);
  while (shown.length > 1 && minimumTotal() > width) {
    const highest = shown.slice(1).reduce((most, { rank }) => Math.max(most, rank), -Infinity);
    const dropped = shown.findLastIndex(({ rank }, index) => index > 0 && rank === highest);
    shown = shown.filter((_, index) => index !== dropped);
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
  const [first = '', ...rest] = wrapWords(toPrintable(textOf(value)), indent, width).split('\n');
  const toSpan = (text: string): Span =>
    typeof value === 'string' ? text : { text, tone: value.tone };
  return [
    [...label, toSpan(first)],
    ...rest.map((line): Line => [' '.repeat(indent), toSpan(line.trimStart())]),
  ];
}

export function trimLines(lines: readonly Line[]): readonly Line[] {
  const isText = (line: Line) => lineText(line) !== '';
  const first = lines.findIndex(isText);
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex(isText) + 1);
}
