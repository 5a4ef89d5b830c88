interface RenderOptions {
  /** Width of the screen. Text is at most 100 columns wide, because longer lines are hard to read. */
  readonly columns: number;
  readonly linkText: (label: string, target: string) => string;
}

const maximumColumns = 100;

const indent = '  ';

/** Renders the Markdown of `docs/`. Backticks stay, so that commands can be distinguished from text. */
export function renderMarkdown(markdown: string, options: RenderOptions): string[] {
  const columns = Math.min(options.columns, maximumColumns);
  const body = { ...options, columns: Math.max(columns - indent.length, 20) };
  // Split at empty lines, except inside fenced code.
  const pattern = /^```[^\n]*\n(?<code>[\s\S]*?)^```$|(?<other>(?:^(?!```).*\S.*\n?)+)/gm;
  const rendered = [...markdown.matchAll(pattern)].flatMap(({ groups }) => {
    const { code, other = '' } = groups ?? {};
    if (other.startsWith('<!--')) return [];
    const lines = (code ?? other).replace(/\n+$/, '').split('\n');
    if (other.startsWith('#')) return [formatHeading(other), ''];
    const text = code === undefined ? renderBlock(lines, body) : lines.map((line) => `  ${line}`);
    return [...text.map((line) => `${indent}${line}`.trimEnd()), ''];
  });
  return rendered.slice(0, -1);
}

function formatHeading(block: string): string {
  const text = block
    .trim()
    .replace(/^#+\s*/, '')
    .replaceAll('`', '');
  if (block.startsWith('###')) return `${indent}${text}:`;
  return block.startsWith('##') ? text : text.toUpperCase();
}

function renderBlock(lines: readonly string[], options: RenderOptions): string[] {
  const [first = ''] = lines;
  if (first.startsWith('|')) return renderTable(lines, options);
  if (first.startsWith('    ')) return lines.map((line) => line.slice(2));
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
    ...(first === '' ? [] : wrap(first, '', options)),
    ...cells.flatMap((cell, index) => {
      if (cell === '') return [];
      const heading = head.length > 2 ? `${head[index + 1] ?? ''}: ` : '';
      return wrap(`${heading}${cell}`, '    ', options);
    }),
  ]);
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
  return lines.map((line, index) => (index === 0 ? marker : ' '.repeat(marker.length)) + line);
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
