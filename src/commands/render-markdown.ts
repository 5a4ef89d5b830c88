import type { Line } from '../platform/terminal/lines.js';

interface RenderOptions {
  /** Width of the screen. Text is at most 100 columns wide, because longer lines are hard to read. */
  readonly columns: number;
  readonly linkText: (label: string, target: string) => string;
}

const maximumColumns = 100;

const indent = '  ';

/** Renders the Markdown of `docs/`, with code in quotes instead of backticks. */
export function renderMarkdown(markdown: string, options: RenderOptions): Line[] {
  const columns = Math.min(options.columns, maximumColumns);
  const body = { ...options, columns: Math.max(columns - indent.length, 20) };
  const rendered = splitBlocks(markdown).flatMap(({ lines, isCode }): Line[] => {
    const [first = ''] = lines;
    if (!isCode && isHeading(first)) {
      return [[{ text: formatHeading(first), tone: 'strong' }], ''];
    }
    const text = isCode ? lines.map((line) => `  ${line}`) : renderBlock(lines, body);
    return [...text.map((line) => `${indent}${line}`.trimEnd()), ''];
  });
  return rendered.slice(0, -1);
}

interface Block {
  readonly lines: string[];
  /** Whether the block is fenced code. */
  readonly isCode: boolean;
}

/** Splits at empty lines, headings and fences, and removes comments. */
function splitBlocks(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let block: Block = { lines: [], isCode: false };
  const startBlock = (isCode: boolean) => {
    block = { lines: [], isCode };
    blocks.push(block);
  };
  startBlock(false);
  let fence: string | undefined;
  let isComment = false;
  for (const line of markdown.split('\n')) {
    if (fence !== undefined) {
      const [spaces = ''] = /^ */.exec(fence) ?? [];
      if (line.trimEnd() === fence) {
        fence = undefined;
        startBlock(false);
      } else block.lines.push(line.startsWith(spaces) ? line.slice(spaces.length) : line);
      continue;
    }
    isComment ||= /^ *<!--/.test(line);
    if (isComment) {
      isComment = !line.includes('-->');
      startBlock(false);
      continue;
    }
    // The words after the fence, such as the language, are not shown.
    [fence] = /^ *`{3,}/.exec(line) ?? [];
    if (fence !== undefined) startBlock(true);
    else if (line.trim() === '') startBlock(false);
    else if (isHeading(line)) {
      startBlock(false);
      block.lines.push(line);
      startBlock(false);
    } else block.lines.push(line);
  }
  return blocks.filter(({ lines }) => lines.some((line) => line.trim() !== ''));
}

function isHeading(line: string): boolean {
  return /^#+ /.test(line);
}

/** A long heading is not wrapped, so that users can search for its text. */
function formatHeading(line: string): string {
  const text = line
    .replace(/^#+\s*/, '')
    .replaceAll('`', '')
    .trim();
  if (line.startsWith('###')) return `${indent}${text}${line.includes('`') ? '' : ':'}`;
  return line.startsWith('##') ? text : text.toUpperCase();
}

function renderBlock(lines: readonly string[], options: RenderOptions): string[] {
  const [first = ''] = lines;
  if (first.startsWith('|')) return renderTable(lines, options);
  const items = /^\s*(?:[-*]|\d+\.) /.test(first)
    ? lines.join('\n').split(/\n(?=\s*(?:[-*]|\d+\.) )/)
    : [lines.join(' ')];
  return items.flatMap((item) => {
    const marker = /^\s*(?:[-*]|\d+\.) /.exec(item)?.[0] ?? '';
    return wrap(item.slice(marker.length), marker, options);
  });
}

/** Renders a row as its first cell with the other cells below it; if there are several, with their headings. */
function renderTable(lines: readonly string[], options: RenderOptions): string[] {
  const [head = [], , ...rows] = lines.map((line) =>
    line
      .replace(/^\||\|\s*$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
  return rows.flatMap(([first = '', ...cells]) => [
    ...(first === '' ? [] : wrap(toCell(first), '', options)),
    ...cells.flatMap((cell, index) => {
      if (cell === '') return [];
      const heading = head.length > 2 ? `${head[index + 1] ?? ''}: ` : '';
      return wrap(`${heading}${toCell(cell)}`, '    ', options);
    }),
  ]);
}

/** Removes the backticks from a cell that contains only code, because it needs no quotes. */
function toCell(cell: string): string {
  return /^`[^`]*`(?:, `[^`]*`)*$/.test(cell) ? cell.replaceAll('`', '') : cell;
}

/**
 * Wraps at spaces, if possible not inside short code such as `-o name`. Replaces links and removes emphasis.
 * @param marker - before the first line; the others are indented by the same width.
 */
function wrap(text: string, marker: string, options: RenderOptions): string[] {
  const width = options.columns - marker.length;
  const lines = [''];
  for (const [word] of inline(text, options).matchAll(/`[^`]{1,20}`[^\s`]*|\S+/g)) {
    const last = lines.at(-1) ?? '';
    const longer = last === '' ? word : `${last} ${word}`;
    if (last === '' || longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return quoteCode(lines).map(
    (line, index) => (index === 0 ? marker : ' '.repeat(marker.length)) + line,
  );
}

/** Replaces backticks with quotes. Code can be wrapped to the next line. */
function quoteCode(lines: readonly string[]): string[] {
  return lines
    .join('\n')
    .replaceAll(/`([^`]*)`/g, (_all, code: string) => {
      const quote = code.includes('"') ? "'" : '"';
      return `${quote}${code}${quote}`;
    })
    .split('\n');
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
