/** An object as the UAA sends it: every field, known to tpks or not. */
export type Resource = Readonly<Record<string, unknown>>;

/** The parameters that every list of the UAA has. */
export interface ListQuery {
  /** In SCIM syntax, sent unchanged, e.g. `userName sw "a"`. */
  readonly filter?: string | undefined;
  /** A column of the UAA, e.g. `userName`; the time of creation by default. */
  readonly sortBy?: string | undefined;
  readonly descending?: boolean | undefined;
  /** Index of the first resource, starting at 1. */
  readonly start?: number | undefined;
  /** The maximum number of resources; `undefined` means all. */
  readonly limit?: number | undefined;
  /** Only these fields; `undefined` means all. */
  readonly attributes?: readonly string[] | undefined;
}

/** Builds the query of the request for one page. */
export function createPageQuery(
  query: ListQuery,
  start: number,
  count: number,
): Readonly<Record<string, string>> {
  const { filter, sortBy, descending, attributes } = query;
  return {
    ...(filter === undefined ? {} : { filter }),
    ...(attributes === undefined ? {} : { attributes: attributes.join(',') }),
    ...(sortBy === undefined ? {} : { sortBy }),
    ...(descending === true ? { sortOrder: 'descending' } : {}),
    startIndex: String(start),
    count: String(count),
  };
}

/**
 * Formats a comparison for a filter. The value is escaped, so that it cannot end its string.
 * @see uaa-api, section 8.5: values are JSON strings; if a filter cannot be parsed, the UAA replaces
 *   every `'` with `"` and tries again, so an apostrophe is sent as `\u0027`
 */
export function formatEquals(attribute: string, value: string): string {
  return `${attribute} eq ${JSON.stringify(value).replaceAll("'", '\\u0027')}`;
}

/** For all comparisons of a filter; well below 8 KiB, the usual limit for a request line. */
const maximumFilterLength = 3000;
/** Limited because the UAA parses a filter recursively. */
const maximumComparisons = 50;

/**
 * Combines comparisons into as few filters as possible, each short enough for one request.
 * @param origin - finds only the users of this identity provider; `undefined` means all.
 * @returns filters that match any of the comparisons, without duplicate comparisons.
 */
export function createFilters(comparisons: readonly string[], origin?: string): string[] {
  const filters: string[] = [];
  let parts: string[] = [];
  let length = 0;
  const endFilter = (): void => {
    const any = parts.join(' or ');
    filters.push(origin === undefined ? any : `(${any}) and ${formatEquals('origin', origin)}`);
    parts = [];
    length = 0;
  };
  for (const part of new Set(comparisons)) {
    const size = encodeURIComponent(part).length;
    if (
      parts.length > 0 &&
      (parts.length === maximumComparisons || length + size > maximumFilterLength)
    ) {
      endFilter();
    }
    parts.push(part);
    length += size;
  }
  if (parts.length > 0) endFilter();
  return filters;
}

/** Removes fields from a resource, e.g. those that were requested only for a lookup. */
export function omitFields(resource: Resource, attributes: readonly string[]): Resource {
  if (attributes.length === 0) return resource;
  return Object.fromEntries(
    Object.entries(resource).filter(([name]) => !attributes.includes(name)),
  );
}

/** The UAA ignores case when it compares names. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
