import { table } from '../../terminal/table.js';
import type { Services } from '../../services.js';
import type { Line } from '../../terminal/terminal.js';
import type { Resource } from '../../uaa/scim.js';
import { withReadableTimes } from './readable-times.js';
import { ownValue } from '../../own-value.js';

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

/**
 * Shows a list of which only some fields were asked for: one column a field. Of a name that it
 * does not know the UAA says nothing, so that is noted here.
 */
export async function showFields(
  attributes: readonly string[],
  items: AsyncIterable<Resource>,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<void> {
  const text = (resources: readonly Resource[]): Line[] => {
    const empty = attributes.filter((name) =>
      resources.every((one) => isNone(ownValue(one, name))),
    );
    if (resources.length > 0 && empty.length > 0) {
      terminal.note(`the UAA has nothing to say about ${empty.join(', ')}`);
    }
    return attributeTable(attributes, resources);
  };
  await terminal.showList({ items, text });
}

function attributeTable(attributes: readonly string[], resources: readonly Resource[]): Line[] {
  return table(
    attributes.map((name) => name),
    resources.map((resource) =>
      attributes.map((name) => cell(withReadableTimes(ownValue(resource, name), name))),
    ),
  );
}

function cell(value: unknown): string {
  if (isNone(value)) return '';
  if (Array.isArray(value)) return value.map(cell).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null;
}
