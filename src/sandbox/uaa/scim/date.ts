/**
 * An instant as the SCIM routes write it on a server that runs in UTC.
 *
 * @param at - epoch milliseconds.
 */
export function scimDate(at: number): string {
  return new Date(at).toISOString();
}
