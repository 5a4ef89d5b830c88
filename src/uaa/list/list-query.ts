/** An object as the UAA sends it: every field, known to tpks or not. */
export type Resource = Readonly<Record<string, unknown>>;

/** The parameters that every list of the UAA has. */
export interface ListQuery {
  /** In SCIM's syntax, passed on unchanged, e.g. `userName sw "a"`. */
  readonly filter?: string | undefined;
  /** One of the UAA's columns, e.g. `created`; its default is the time of creation. */
  readonly sortBy?: string | undefined;
  readonly descending?: boolean | undefined;
  /** 1 is the first. */
  readonly start?: number | undefined;
  /** The maximum number of resources; `undefined` means all. */
  readonly limit?: number | undefined;
  /** Only these fields; `undefined` means all. */
  readonly attributes?: readonly string[] | undefined;
}

/** The query of the request for one page. */
export function pageQuery(
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
 * A comparison for a filter. No value can end the string that contains it.
 * @see uaa-api, section 8.5: values are JSON strings; if a filter cannot be parsed, the UAA replaces
 *   every `'` by `"` and tries again, so an apostrophe is sent as `\u0027`
 */
export function equals(attribute: string, value: string): string {
  return `${attribute} eq ${JSON.stringify(value).replaceAll("'", '\\u0027')}`;
}

/** The comparisons of one request: together well below the usual 8 KiB of a request's first line. */
const longestFilter = 3000;
/** The UAA parses a filter recursively. */
const mostComparisons = 50;

/**
 * Combines comparisons into as few filters as possible, each short enough for one request.
 * @param origin - of the users, if only those of one identity provider are wanted.
 * @returns filters for any of the comparisons; no comparison is sent twice.
 */
export function filtersForAny(comparisons: readonly string[], origin?: string): string[] {
  const filters: string[] = [];
  let parts: string[] = [];
  let length = 0;
  const endFilter = (): void => {
    const any = parts.join(' or ');
    filters.push(origin === undefined ? any : `(${any}) and ${equals('origin', origin)}`);
    parts = [];
    length = 0;
  };
  for (const part of new Set(comparisons)) {
    const size = encodeURIComponent(part).length;
    if (parts.length > 0 && (parts.length === mostComparisons || length + size > longestFilter)) {
      endFilter();
    }
    parts.push(part);
    length += size;
  }
  if (parts.length > 0) endFilter();
  return filters;
}

/** Removes fields that were requested only for the lookup. */
export function without(resource: Resource, attributes: readonly string[]): Resource {
  if (attributes.length === 0) return resource;
  return Object.fromEntries(
    Object.entries(resource).filter(([name]) => !attributes.includes(name)),
  );
}

/** The UAA ignores case when it compares names. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
