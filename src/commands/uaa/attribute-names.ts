/** The attributes of users and groups. The UAA accepts only this spelling. */
const attributeNames = [
  'id',
  'userName',
  'displayName',
  'description',
  'origin',
  'externalId',
  'zoneId',
  'name',
  'familyName',
  'givenName',
  'name.familyName',
  'name.givenName',
  'emails',
  'emails.value',
  'phoneNumbers',
  'phoneNumbers.value',
  'groups',
  'members',
  'approvals',
  'active',
  'verified',
  'meta',
  'meta.version',
  'meta.created',
  'meta.lastModified',
  'passwordLastModified',
  'lastLogonTime',
  'previousLogonTime',
  'schemas',
];

const namesByLowerCase = new Map(attributeNames.map((name) => [name.toLowerCase(), name]));

/** Converts names to the UAA's spelling, without duplicates. Unknown names are kept unchanged. */
export function toAttributeNames(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => namesByLowerCase.get(name.toLowerCase()) ?? name))];
}
