import { TpksError } from '../../../errors.js';
import type { Client, ClientAttributes } from '../../../uaa/clients.js';
import { attributeNames } from '../../../uaa/client-attributes.js';

const required = ['client_id', 'authorized_grant_types', 'resource_ids', 'lastModified'];

/**
 * The changes that remove attributes from a client.
 * @throws {TpksError} `usage` for attributes that every client has, and for unknown ones.
 */
export function removals(names: readonly string[], client: Client): ClientAttributes {
  for (const name of names) {
    const isKnown = attributeNames.some((attribute) => attribute === name);
    if (required.includes(name)) throw refused(name, 'every client has it');
    if (name === 'client_secret') throw refused(name, 'use tpks uaa secret');
    if (!isKnown && !Object.hasOwn(client, name)) {
      throw refused(name, `${client.client_id} has no such attribute`);
    }
  }
  return Object.fromEntries(names.map((name) => [name, null]));
}

function refused(name: string, why: string): TpksError {
  return new TpksError('usage', `${name} cannot be removed: ${why}`, {
    hint: `--del_attrs takes ${attributeNames
      .filter((attribute) => !required.includes(attribute))
      .join(', ')}`,
  });
}
