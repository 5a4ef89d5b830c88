import { TpksError } from '../../../errors.js';
import type { Client, ClientAttributes } from '../../../uaa/clients.js';
import { attributes } from './attributes.js';

const needed = ['client_id', 'authorized_grant_types', 'resource_ids', 'lastModified'];

/**
 * What is to be changed so that a client loses attributes: those that people set, and any other
 * that it has.
 * @throws {TpksError} `usage` for one that it must have, or that nobody knows.
 */
export function removals(names: readonly string[], client: Client): ClientAttributes {
  for (const name of names) {
    const isKnown = attributes.some((attribute) => attribute.name === name);
    if (needed.includes(name)) throw refused(name, 'a client must have it');
    if (name === 'client_secret') throw refused(name, 'secrets have commands of their own');
    if (!isKnown && !Object.hasOwn(client, name)) {
      throw refused(name, `${client.client_id} has no such attribute`);
    }
  }
  return Object.fromEntries(names.map((name) => [name, null]));
}

function refused(name: string, why: string): TpksError {
  return new TpksError('usage', `${name} cannot be taken away: ${why}`, {
    hint: `--del_attrs takes ${attributes
      .map((attribute) => attribute.name)
      .filter((attribute) => !needed.includes(attribute))
      .join(', ')}`,
  });
}
