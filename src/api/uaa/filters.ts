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

interface ListColumns {
  readonly example: string;
  /** The columns to filter or sort by, the most useful first. Verified with UAA 4.30.0. */
  readonly columns: readonly string[];
}

const commonColumns = ['created', 'lastModified', 'version', 'identity_zone_id'];
const metaColumns = ['meta.created', 'meta.lastModified', 'meta.version'];

const userColumns: ListColumns = {
  example: 'userName sw "a"',
  columns: [
    'userName',
    'origin',
    'email',
    'givenName',
    'familyName',
    'active',
    'id',
    'phoneNumber',
    'verified',
    'last_logon_success_time',
    'previous_logon_success_time',
    'passwd_lastmodified',
    'passwd_change_required',
    'password',
    ...commonColumns,
    ...metaColumns,
    'emails.value',
    'groups.display',
    'phoneNumbers.value',
  ],
};
const groupColumns: ListColumns = {
  example: 'displayName sw "pks"',
  columns: ['displayName', 'description', 'id', ...commonColumns, ...metaColumns],
};
const clientColumns: ListColumns = {
  example: 'client_id sw "pks"',
  columns: [
    'client_id',
    'scope',
    'authorized_grant_types',
    'autoapprove',
    'web_server_redirect_uri',
    'access_token_validity',
    'refresh_token_validity',
    'created_by',
    'show_on_home_page',
    'required_user_groups',
    'lastModified',
    'meta.lastModified',
    'identity_zone_id',
  ],
};

/** By the last segment of the list's path; all other lists are lists of users. */
const columnsByResource: Readonly<Record<string, ListColumns>> = {
  Groups: groupColumns,
  clients: clientColumns,
};

interface RejectedQuery {
  readonly filter?: string | undefined;
  readonly sortBy?: string | undefined;
}

/** The hint for a rejected list. @param resource - the last segment of its path, e.g. `Users`. */
export function createQueryHint(
  resource: string | undefined,
  { filter, sortBy }: RejectedQuery,
): string {
  const { example, columns } = columnsByResource[resource ?? ''] ?? userColumns;
  const isUnknown = (name: string): boolean =>
    !columns.some((column) => column.toLowerCase() === name.toLowerCase());
  const unknown = findFilterColumns(filter ?? '').find(isUnknown);
  if (unknown !== undefined) {
    return `unknown column ${unknown} in the filter (choose from ${columns.join(', ')})`;
  }
  if (sortBy !== undefined && isUnknown(sortBy)) {
    return `unknown sort column ${sortBy} (choose from ${columns.join(', ')})`;
  }
  return `example of a filter: ${example} (operators: eq, co, sw, gt, ge, lt, le, pr, and, or)`;
}

/** Finds the words before operators, without the URN of a schema. */
function findFilterColumns(filter: string): readonly string[] {
  const withoutTexts = filter.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/gs, '""');
  const words = withoutTexts.matchAll(/([^\s()]+)\s+(?:eq|co|sw|gt|ge|lt|le|pr)\b/gi);
  return [...words].map(([, word = '']) => word.replace(/^urn:.*:/i, ''));
}
