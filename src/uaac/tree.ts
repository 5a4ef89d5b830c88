/**
 * Formats a value as `uaac` prints it: `key: value` lines, two spaces deeper per level, and a line
 * with `-` before each object of a list.
 * @see docs/contributing/servers/uaac.md#output
 */
export function formatTree(value: unknown): readonly string[] {
  return format(value, 0);
}

function format(value: unknown, indent: number, label?: string): readonly string[] {
  if (value === null || value === undefined) return [];
  const start = ' '.repeat(indent);
  const term = label === undefined ? start : `${start}${label}: `;
  if (Array.isArray(value) && isNested(value[0])) {
    const items = value.flatMap((item) => format(item, indent, '-'));
    return label === undefined ? items : [term, ...items];
  }
  // Only the first line of a text is indented, as in the original.
  if (Array.isArray(value)) return `${term}${value.map(toText).join(' ')}`.split('\n');
  if (!isNested(value)) return `${term}${toText(value)}`.split('\n');
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const lines = entries.flatMap(([key, item]) => format(item, indent + 2, String(key)));
  return label === undefined ? lines : [`${start}${label}`, ...lines];
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Converts the names of all fields to lower case, at every level. A field whose name changes moves to the
 * end of its object, as in the original.
 */
export function toLowerCaseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toLowerCaseKeys);
  return isNested(value) ? toLowerCaseFields(value) : value;
}

/** Like `toLowerCaseKeys`, for an object. */
export function toLowerCaseFields(object: object): Map<string, unknown> {
  const fields = new Map<string, unknown>(object instanceof Map ? object : Object.entries(object));
  const names = [...fields.keys()];
  const isRenamed = (name: string) => name !== name.toLowerCase();
  const sorted = [...names.filter((name) => !isRenamed(name)), ...names.filter(isRenamed)];
  return new Map(sorted.map((name) => [name.toLowerCase(), toLowerCaseKeys(fields.get(name))]));
}
