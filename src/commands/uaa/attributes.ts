/** As UAA spells them; it knows no other spelling. */
const known = [
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

const spelling = new Map(known.map((name) => [name.toLowerCase(), name]));

/** Names of fields as typed, in any case, in UAA's own spelling where it is known. */
export function toAttributes(words: readonly string[]): readonly string[] {
  return [...new Set(words.map((word) => spelling.get(word.toLowerCase()) ?? word))];
}
