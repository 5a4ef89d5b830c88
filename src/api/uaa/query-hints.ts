/** The columns of a list, for the hint to a rejected filter. */
export interface ListColumns {
  readonly example: string;
  /** The most useful columns to filter or sort by. Verified with UAA 4.30.0. */
  readonly columns: string;
}

export const userColumns: ListColumns = {
  example: 'userName sw "a"',
  columns:
    'userName, origin, email, givenName, familyName, active, verified, id, phoneNumber, created, ' +
    'lastModified, last_logon_success_time, passwd_lastmodified',
};
export const groupColumns: ListColumns = {
  example: 'displayName sw "pks"',
  columns: 'displayName, description, id, created, lastModified',
};
export const clientColumns: ListColumns = {
  example: 'client_id sw "pks"',
  columns:
    'client_id, scope, authorized_grant_types, autoapprove, web_server_redirect_uri, created_by, ' +
    'lastModified',
};

/** Creates the hint for a list that the UAA rejects. */
export function createQueryHint({ example, columns }: ListColumns): string {
  return (
    `example filter: ${example} (operators: eq, co, sw, gt, ge, lt, le, pr, and, or)\n` +
    `columns to filter and sort by: ${columns}`
  );
}
