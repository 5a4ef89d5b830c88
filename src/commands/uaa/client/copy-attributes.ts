import type { Client, ClientAttributes } from '../../../uaa/clients.js';

/**
 * Copies all attributes that have a value, except the id and attributes that the UAA generates. If the
 * name is the same as the old id, it is replaced with the new id.
 */
export function copyAttributes(
  client: Client,
  { newId }: { readonly newId: string },
): ClientAttributes {
  const { client_id: id, name = id, ...others } = client;
  const copied = Object.entries(others).filter(
    ([attribute, value]) => value !== null && !notCopied.includes(attribute),
  );
  return { ...Object.fromEntries(copied), name: name === id ? newId : name };
}

const notCopied = ['lastModified', 'resource_ids', 'token_salt'];
