import { createClients, type Client } from '../../api/uaa/clients.js';
import { createDirectory, type ListedGroup, type ListedLogin } from '../../api/uaa/directory.js';
import {
  createIdentityProviders,
  type IdentityProvider,
} from '../../api/uaa/identity-providers.js';
import { createMappings, type Mapping } from '../../api/uaa/mappings.js';
import { createUsers, type User } from '../../api/uaa/users.js';
import { isTpksError } from '../../base/errors.js';
import type { Send } from '../../platform/http/send.js';
import type { NotRead } from './report.js';

/** Everything in a UAA that determines who can do what. */
export interface ReviewContent {
  readonly users: readonly ListedLogin[];
  readonly groups: readonly ListedGroup[];
  readonly mappings: readonly Mapping[];
  /** `undefined` if the token is not allowed to read them. */
  readonly clients: readonly Client[] | undefined;
  /** `undefined` if the token is not allowed to read them. */
  readonly providers: readonly IdentityProvider[] | undefined;
  /**
   * An arbitrary user with its groups, because the UAA lists the default groups only as groups of users.
   * `undefined` if there are no users.
   */
  readonly sampleUser: User | undefined;
}

/**
 * Reads users, groups and mappings (scope `scim.read`), clients (`clients.read`) and identity providers
 * (`idps.read`). The number of users only affects the number of pages.
 * @throws {TpksError} `forbidden` without the scope `scim.read`.
 */
export async function readReviewContent(send: Send, uaa: string): Promise<ReviewContent> {
  const directory = createDirectory(send, uaa);
  const [listed, groups, mappings, clients, providers, [sampleUser]] = await Promise.all([
    directory.listLogins(),
    directory.listGroups(),
    createMappings(send, uaa).listAll(),
    readIfAllowed(createClients(send, uaa).list()),
    readIfAllowed(createIdentityProviders(send, uaa).list()),
    createUsers(send, uaa).list({ limit: 1 }),
  ]);
  // If users are added or deleted while the pages are read, other users can be on two pages or on none.
  const users = new Map(listed.map((user) => [user.id, user]));
  const memberIds = groups.flatMap(({ members }) =>
    (members ?? []).flatMap(({ type, value }) => (type === 'GROUP' ? [] : value)),
  );
  const missing = [...new Set(memberIds)].filter((id) => !users.has(id));
  for (const user of await directory.findLoginsById(missing)) users.set(user.id, user);
  return { users: [...users.values()], groups, mappings, clients, providers, sampleUser };
}

async function readIfAllowed<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'forbidden') throw error;
    return undefined;
  }
}

export function listNotRead({ clients, providers }: ReviewContent): readonly NotRead[] {
  return [
    ...(clients === undefined ? [{ what: 'clients', scope: 'clients.read' }] : []),
    ...(providers === undefined ? [{ what: 'identity providers', scope: 'idps.read' }] : []),
  ];
}
