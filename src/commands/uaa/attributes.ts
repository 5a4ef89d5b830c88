/** As UAA spells them; it knows no other spelling. */
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

/** Names of fields as typed, in any case, in UAA's own spelling where it is known. */
export function toAttributeNames(words: readonly string[]): readonly string[] {
  return [...new Set(words.map((word) => namesByLowerCase.get(word.toLowerCase()) ?? word))];
}
