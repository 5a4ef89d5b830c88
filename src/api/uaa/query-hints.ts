/** The columns of a list, for the hint to a rejected filter. */
export interface ListColumns {
  readonly example: string;
  /** The columns to filter or sort by, the most useful first. Verified with UAA 4.30.0. */
  readonly columns: readonly string[];
}

const commonColumns = ['created', 'lastModified', 'version', 'identity_zone_id'];
const metaColumns = ['meta.created', 'meta.lastModified', 'meta.version'];

export const userColumns: ListColumns = {
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
export const groupColumns: ListColumns = {
  example: 'displayName sw "pks"',
  columns: ['displayName', 'description', 'id', ...commonColumns, ...metaColumns],
};
export const clientColumns: ListColumns = {
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

interface RejectedQuery {
  readonly filter?: string | undefined;
  readonly sortBy?: string | undefined;
}

/** Creates the hint for a list that the UAA rejects. */
export function createQueryHint(
  { example, columns }: ListColumns,
  { filter, sortBy }: RejectedQuery,
): string {
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
