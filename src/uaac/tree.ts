/**
 * Formats a value as `uaac` prints it: `key: value` lines, two spaces deeper per level, and a line
 * with `-` before each object of a list.
 * @param columns - the width of the terminal, at which long lines are wrapped; 0 for no limit.
 * @see uaac, section 6
 */
export function formatTree(value: unknown, columns = 0): string[] {
  return format(value, { indent: 0, columns });
}

interface Position {
  readonly indent: number;
  readonly columns: number;
  readonly label?: string;
}

function format(value: unknown, position: Position): string[] {
  const { label } = position;
  const term = label === undefined ? '' : `${label}: `;
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    if (!isNested(value[0])) return formatEntry(term, value.map(toText).join(' '), position);
    const items = value.flatMap((item) => format(item, { ...position, label: '-' }));
    return label === undefined ? items : [...formatEntry(term, '', position), ...items];
  }
  if (!isNested(value)) return formatEntry(term, toText(value), position);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const indent = position.indent + 2;
  const lines = entries.flatMap(([key, item]) =>
    format(item, { ...position, indent, label: String(key) }),
  );
  return label === undefined ? lines : [...formatEntry(label, '', position), ...lines];
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Only the first line of a text is indented, as in the original. */
function formatEntry(term: string, text: string, { indent, columns }: Position): string[] {
  const start = `${' '.repeat(indent)}${term}`;
  if (columns === 0 || text === '') return `${start}${text}`.split('\n');
  const margin = indent + 4 > columns ? 2 : indent + 4;
  return wrap(text, { start, margin, columns });
}

interface Wrapping {
  readonly start: string;
  /** Indentation of the lines that a long line continues on. */
  readonly margin: number;
  readonly columns: number;
}

/** Breaks a long line at its last space, or at the end of the screen if it has none. */
function wrap(text: string, { start, margin, columns }: Wrapping): string[] {
  const lines: string[] = [];
  let prefix = start;
  let usedColumns = start.length;
  for (const part of text.split('\n')) {
    let rest = part;
    for (let width = columns - usedColumns; rest.length > width; width = columns - margin) {
      const space = rest.lastIndexOf(' ', width);
      const end = space > 0 ? space : Math.max(width, 1);
      lines.push(`${prefix}${rest.slice(0, end)}`);
      prefix = ' '.repeat(margin);
      rest = rest.slice(end).trim();
    }
    lines.push(`${prefix}${rest}`);
    prefix = '';
    usedColumns = margin;
  }
  return lines;
}

/**
 * Converts the names of all fields to lower case. A field whose name changes moves to the end of its
 * object, as in the original.
 */
export function toLowerCaseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toLowerCaseKeys);
  if (!isNested(value)) return value;
  const fields: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
  const entries = fields.map(([key, item]): readonly [string, unknown] => [
    String(key),
    toLowerCaseKeys(item),
  ]);
  const isUnchanged = ([key]: readonly [string, unknown]) => key === key.toLowerCase();
  return new Map([
    ...entries.filter(isUnchanged),
    ...entries
      .filter((entry) => !isUnchanged(entry))
      .map(([key, item]) => [key.toLowerCase(), item] as const),
  ]);
}
