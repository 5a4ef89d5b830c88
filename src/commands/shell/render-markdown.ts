export interface RenderOptions {
  /** Width of the screen. Text is at most 100 columns wide, because longer lines are hard to read. */
  readonly columns: number;
  /** The text that replaces a link. */
  readonly linkText: (label: string, target: string) => string;
}

const maximumColumns = 100;
const indent = '  ';
const gap = '  ';
/** Below this width, a table column is not narrowed further. */
const minimumCellColumns = 12;

/**
 * Renders the Markdown of `docs/` for a terminal: headings, paragraphs, lists, tables and code.
 * Backticks stay, so that commands can be distinguished from text.
 */
export function renderMarkdown(markdown: string, options: RenderOptions): string[] {
  const columns = Math.min(options.columns, maximumColumns);
  const body = { ...options, columns: Math.max(columns - indent.length, 20) };
  const rendered = blocksOf(markdown).flatMap((block) => {
    const lines = block.kind === 'heading' ? headingLines(block.lines) : bodyLines(block, body);
    return [...lines, ''];
  });
  return rendered.slice(0, -1);
}

interface Block {
  readonly kind: 'heading' | 'table' | 'indented code' | 'fenced code' | 'list' | 'text';
  readonly lines: readonly string[];
}

/** Splits at empty lines, except inside fenced code. */
function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  const pattern = /^```[^\n]*\n(?<code>[\s\S]*?)^```$|(?<other>(?:^(?!```).*\S.*\n?)+)/gm;
  for (const { groups } of markdown.matchAll(pattern)) {
    const { code, other = '' } = groups ?? {};
    const lines = (code ?? other).replace(/\n+$/, '').split('\n');
    if (code !== undefined) blocks.push({ kind: 'fenced code', lines });
    else if (!other.startsWith('<!--')) blocks.push({ kind: kindOf(lines), lines });
  }
  return blocks;
}

function kindOf([first = '']: readonly string[]): Block['kind'] {
  if (first.startsWith('#')) return 'heading';
  if (first.startsWith('|')) return 'table';
  if (first.startsWith('    ')) return 'indented code';
  return /^\s*(?:[-*]|\d+\.) /.test(first) ? 'list' : 'text';
}

function headingLines([line = '']: readonly string[]): string[] {
  const text = line.replace(/^#+\s*/, '').replaceAll('`', '');
  if (line.startsWith('###')) return [`${indent}${text}:`];
  return [line.startsWith('##') ? text : text.toUpperCase()];
}

function bodyLines(block: Block, options: RenderOptions): string[] {
  return unindented(block, options).map((line) => `${indent}${line}`.trimEnd());
}

function unindented({ kind, lines }: Block, options: RenderOptions): string[] {
  switch (kind) {
    case 'indented code':
      return lines.map((line) => line.slice(2));
    case 'fenced code':
      return lines.map((line) => `  ${line}`);
    case 'table':
      return tableLines(lines, options);
    case 'list':
      return itemsOf(lines).flatMap(({ marker, text }) => {
        const wrapped = wrap(inline(text, options), options.columns - marker.length);
        return wrapped.map((line, index) => (index === 0 ? marker : blank(marker)) + line);
      });
    case 'heading':
    case 'text':
      return wrap(inline(lines.join(' '), options), options.columns);
  }
}

/** List items with their markers (`- `, `1. `); lines without a marker continue an item. */
function itemsOf(lines: readonly string[]): { marker: string; text: string }[] {
  const items: { marker: string; text: string }[] = [];
  for (const line of lines) {
    const [, marker, text = ''] = /^(\s*(?:[-*]|\d+\.) )(.*)$/.exec(line) ?? [];
    const last = items.at(-1);
    if (marker !== undefined) items.push({ marker, text });
    else if (last !== undefined) last.text += ` ${line.trim()}`;
  }
  return items;
}

/** Columns side by side; text that does not fit is wrapped inside its column. */
function tableLines(lines: readonly string[], options: RenderOptions): string[] {
  const [head = [], , ...rows] = lines.map((line) => cellsOf(line, options));
  const all = [head, ...merged(rows)];
  const widths = columnWidths(all, options.columns);
  const rule = widths.map((width) => '-'.repeat(width)).join(gap);
  const [title = [], ...rest] = all.map((row) => rowLines(row, widths));
  const isTall = rest.some((row) => row.length > 1);
  const body = rest.flatMap((row, index) => (isTall && index > 0 ? ['', ...row] : row));
  return [...title, rule, ...body];
}

function cellsOf(line: string, options: RenderOptions): string[] {
  return line
    .replace(/^\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => inline(cell.trim().replaceAll('\\|', '|'), options));
}

/** A row without a first cell continues the row above it. */
function merged(rows: readonly (readonly string[])[]): string[][] {
  const result: string[][] = [];
  for (const row of rows) {
    const above = result.at(-1);
    if (row[0] !== '' || above === undefined) result.push([...row]);
    else row.forEach((cell, index) => (above[index] = `${above[index] ?? ''} ${cell}`.trim()));
  }
  return result;
}

/** The widest column is narrowed until the table fits, as far as possible. */
function columnWidths(rows: readonly (readonly string[])[], columns: number): number[] {
  const widths = (rows[0] ?? []).map((_cell, index) =>
    Math.max(...rows.map((row) => lengthOf(row[index] ?? ''))),
  );
  const available = columns - gap.length * (widths.length - 1);
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= minimumCellColumns) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function rowLines(row: readonly string[], widths: readonly number[]): string[] {
  const cells = widths.map((width, index) =>
    wrap(row[index] ?? '', width).flatMap((line) => split(line, width)),
  );
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_line, line) =>
    cells
      .map((cell, index) => (cell[line] ?? '').padEnd(widths[index] ?? 0))
      .join(gap)
      .trimEnd(),
  );
}

/** Replaces links and removes emphasis; text in backticks is unchanged. */
function inline(text: string, { linkText }: RenderOptions): string {
  const link = /!?\[(?<label>(?:`[^`]*`|[^\]])*)\]\((?<target>[^)]*)\)|(?<code>`[^`]*`)/g;
  const linked = text.replace(link, (all, label?: string, target?: string, code?: string) =>
    label === undefined ? (code ?? all) : linkText(label, target ?? ''),
  );
  return linked
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('**', '')))
    .join('');
}

/** Wraps at spaces, if possible not inside short code such as `-o name`. */
function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const [word] of text.matchAll(/`[^`]{1,20}`[^\s`]*|\S+/g)) {
    const last = lines.at(-1) ?? '';
    const longer = last === '' ? word : `${last} ${word}`;
    if (last === '' || lengthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Splits a long word, which would move the columns to the right of it. */
function split(line: string, width: number): string[] {
  const characters = Array.from(line);
  const count = Math.max(1, Math.ceil(characters.length / width));
  return Array.from({ length: count }, (_part, index) =>
    characters.slice(index * width, (index + 1) * width).join(''),
  );
}

/** The documentation contains no wide characters. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function blank(text: string): string {
  return ' '.repeat(text.length);
}
