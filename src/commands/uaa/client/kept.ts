import type { Services } from '../../../services.js';
import type { Client, ClientAttributes } from '../../../uaa/clients.js';
import { ownValue } from '../../../own-value.js';
import { plainText } from '../../../json-value.js';

/** Whether a client has an attribute already as it is wanted; `null` wants it gone. */
export function isSo(client: Client, name: string, wanted: unknown): boolean {
  const present = ownValue(client, name) ?? null;
  if (name === 'autoapprove' && typeof wanted === 'boolean') {
    return isSameList(present, wanted ? ['true'] : []);
  }
  const isNone = wanted === null || (Array.isArray(wanted) && wanted.length === 0);
  if (isNone && isSameList(present, none)) return true;
  if (Array.isArray(wanted)) return isSameList(present, wanted);
  return present === wanted;
}

/** The UAA's word for no scope at all. */
const none = ['uaa.none'];

/** Warns of entries of lists that the UAA was given and did not take. */
export function warnOfLost(
  wanted: ClientAttributes,
  client: Client,
  { terminal }: Pick<Services, 'terminal'>,
): void {
  for (const [name, value] of Object.entries(wanted)) {
    if (!Array.isArray(value)) continue;
    const present = words(ownValue(client, name));
    // Of patterns it keeps the scopes that they fit.
    const lost = value.map(plainText).filter((word) => !present.includes(word) && !/\*/.test(word));
    if (lost.length > 0) {
      const why = name === 'autoapprove' ? ', as they are no scopes of the client' : '';
      terminal.warn(`the UAA did not keep these of ${name}${why}: ${lost.join(', ')}`);
    }
  }
}

function isSameList(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return false;
  const [these, those] = [new Set(words(one)), new Set(words(other))];
  return these.size === those.size && [...these].every((word) => those.has(word));
}

function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(plainText) : [];
}
