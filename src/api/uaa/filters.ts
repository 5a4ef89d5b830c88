/**
 * Formats a comparison for a filter. The value is escaped, so that a quote in it does not end the string.
 * @see docs/contributing/servers/uaa.md#filters: values are JSON strings; if a filter cannot be parsed, the UAA replaces
 *   every `'` with `"` and tries again, so an apostrophe is sent as `\u0027`
 */
export function formatEquals(attribute: string, value: string): string {
  return `${attribute} eq ${JSON.stringify(value).replaceAll("'", '\\u0027')}`;
}

/** Maximum length of the comparisons in a filter; well below 8 KiB, the usual limit for a request line. */
const maximumFilterLength = 3000;
/** Limited because the UAA parses a filter recursively. */
const maximumComparisons = 50;

/**
 * Combines comparisons into as few filters as possible, each short enough for one request, without duplicates.
 * @param origin - finds only the users of this identity provider; `undefined` means all.
 */
export function createFilters(comparisons: readonly string[], origin?: string): string[] {
  const groups: string[][] = [];
  let length = 0;
  for (const comparison of new Set(comparisons)) {
    const size = encodeURIComponent(comparison).length;
    const group = groups.at(-1);
    const isFull = group?.length === maximumComparisons || length + size > maximumFilterLength;
    if (group === undefined || isFull) {
      groups.push([comparison]);
      length = size;
    } else {
      group.push(comparison);
      length += size;
    }
  }
  return groups.map((group) => {
    const any = group.join(' or ');
    return origin === undefined ? any : `(${any}) and ${formatEquals('origin', origin)}`;
  });
}

/** The UAA ignores case when it compares names. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
