import { Chalk } from 'chalk';
import stringWidth from 'fast-string-width';
import { isPlain, toPrintable } from '../../base/sanitize.js';
import type { Environment } from '../config/environment.js';

export interface ColorOptions {
  /** Whether stdout is a terminal. */
  readonly isTty: boolean;
  readonly env: Environment;
  /** `false` if `--no-color` was given. */
  readonly color: boolean;
}

/**
 * Whether to use color. In order of precedence: `--no-color`; `FORCE_COLOR` (off if `0` or `false`), which
 * overrides `NO_COLOR` as in Node; `NO_COLOR`; `TERM=dumb`; whether stdout is a terminal.
 * @see https://no-color.org and https://force-color.org
 */
export function isColorEnabled({ isTty, env, color }: ColorOptions): boolean {
  if (!color) return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR !== undefined) return false;
  return isTty && env.TERM !== 'dumb';
}

/** The tones that `pks`, `tkgi` and `uaac` use. */
export const originalTones = ['good', 'bad', 'muted', 'strong'] as const;

/** Tones that only distinguish the sources of lines. */
export const sourceTones = ['source1', 'source2', 'source3', 'source4', 'source5'] as const;

export const allTones = [...originalTones, 'busy', 'queued', ...sourceTones] as const;

/** The meaning of a piece of text. Only `paint` maps it to a color. */
export type Tone = (typeof allTones)[number];

/** Limited to the 16 colors that are readable in every terminal theme. */
const chalk = new Chalk({ level: 1 });

const styles: Readonly<Record<Tone, (text: string) => string>> = {
  good: chalk.green,
  bad: chalk.red,
  muted: chalk.dim,
  strong: chalk.bold,
  busy: chalk.yellow,
  queued: chalk.cyan,
  source1: chalk.cyan,
  source2: chalk.magenta,
  source3: chalk.yellow,
  source4: chalk.green,
  source5: chalk.blueBright,
};

export function paint(text: string, tone: Tone): string {
  return styles[tone](text);
}

export function formatBold(text: string): string {
  return paint(text, 'strong');
}

/** Removes what `formatBold` adds. */
export function withoutBold(text: string): string {
  return text.replaceAll(/\u001B\[(?:1|22)m/g, '');
}

/** A piece of text, optionally with a tone. */
export type Span = string | { readonly text: string; readonly tone: Tone };

export type Line = string | readonly Span[];

interface RenderOptions {
  readonly painted: boolean;
  readonly escaped: boolean;
  /** The tones that have a color. */
  readonly tones: readonly Tone[];
}

/** Formats lines as text. Color only repeats what the text says, so no information is lost without it. */
export function renderLines(lines: readonly Line[], options: RenderOptions): string {
  return lines.map((line) => `${renderLine(line, options)}\n`).join('');
}

export function renderLine(line: Line, { painted, escaped, tones }: RenderOptions): string {
  return spansOf(line)
    .map((span) => {
      const text = escaped ? toPrintable(textOf(span)) : textOf(span);
      const isPainted = painted && typeof span !== 'string' && tones.includes(span.tone);
      return isPainted ? paint(text, span.tone) : text;
    })
    .join('');
}

export function spansOf(line: Line): readonly Span[] {
  return typeof line === 'string' ? [line] : line;
}

/** Returns a line without its tones. */
export function lineText(line: Line): string {
  return spansOf(line).map(textOf).join('');
}

/** Spaces between columns: the same number as in the original `pks`, which uses Go's tabwriter. */
const gap = 2;

/** Formats a table with left-aligned columns, two spaces between them, and no trailing spaces. */
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
 * Formats a block of `Label:   value` lines, without trailing spaces.
 * @param valueColumn - where values start, counted from 0; 26 for `cluster NAME` of the original CLI. By
 *   default, two spaces after the longest label.
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

export function cellWidth(cell: Span): number {
  return displayWidth(textOf(cell));
}

export function textOf(cell: Span): string {
  return typeof cell === 'string' ? cell : cell.text;
}

/** Returns the number of terminal columns of a text, after unprintable characters are escaped. */
export function displayWidth(text: string): number {
  if (isPlain(text)) return text.length;
  // fast-string-width counts the parts of a decomposed character, such as a Korean syllable, separately.
  return stringWidth(toPrintable(text).normalize('NFC'));
}
