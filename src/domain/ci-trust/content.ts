import { mapInParallel } from '../../base/in-parallel.js';
import { readAttributes, toList } from '../../api/uaa/client-attributes.js';
import { createClients, type Client } from '../../api/uaa/clients.js';
import { createFilters, formatEquals, isSameName } from '../../api/uaa/filters.js';
import { createGroups, type Group } from '../../api/uaa/groups.js';
import {
  createIdentityProviders,
  type IdentityProvider,
} from '../../api/uaa/identity-providers.js';
import { createMembers } from '../../api/uaa/members.js';
import { isTrustGroup, trustGroupFilter, trustGroupPrefix } from '../../api/uaa/trust-marks.js';
import { createUsers, type User } from '../../api/uaa/users.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import { getOwnValue, isObject } from '../../base/json-value.js';
import type { Send } from '../../platform/http/send.js';

/** A CI job, or several with the same subject, whose ID tokens a UAA accepts. */
export interface CiTrust {
  readonly name: string;
  /** Whether jobs can log in. If not, a command was interrupted, or something was deleted. */
  readonly complete: boolean;
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
  /** The claim that must have the value of `subject`. */
  readonly userClaim?: string | undefined;
  readonly audience?: string | undefined;
  readonly origin?: string | undefined;
  /** The clients that can exchange these tokens. */
  readonly clients: readonly string[];
  /** The scopes that a login gets from one of the clients, except `openid`. */
  readonly scopes: readonly string[];
  /** Epoch milliseconds; absent before the first login. */
  readonly lastLogonTime?: number | undefined;
}

/** A change that creates, changes or removes a part of a trust. */
export interface TrustStep {
  readonly action: 'add' | 'change' | 'remove';
  readonly kind: 'identity provider' | 'client' | 'user' | 'group' | 'membership';
  readonly name: string;
  /** Values that the change sets, shown in the plan. */
  readonly values?: Readonly<Record<string, string | readonly string[]>>;
  readonly run: () => Promise<unknown>;
}

export const jwtBearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The resources that trusts consist of. */
export type TrustResources = ReturnType<typeof createTrustResources>;

export function createTrustResources(send: Send, uaa: string) {
  return {
    groups: createGroups(send, uaa),
    members: createMembers(send, uaa),
    users: createUsers(send, uaa),
    clients: createClients(send, uaa),
    providers: createIdentityProviders(send, uaa),
  };
}

/** Everything in a UAA that trusts consist of. */
export interface TrustContent {
  /** The groups of the trusts. @see trustGroupPrefix */
  readonly groups: readonly Group[];
  /** The users that are members of these groups. */
  readonly users: readonly User[];
  readonly providers: readonly IdentityProvider[];
  readonly clients: readonly Client[];
}

export async function readContent(resources: TrustResources): Promise<TrustContent> {
  const [listed, providers, clients] = await Promise.all([
    resources.groups.list({ filter: trustGroupFilter }),
    resources.providers.list(),
    resources.clients.list(),
  ]);
  const groups = listed.filter(({ displayName }) => isTrustGroup(displayName));
  const ids = groups.flatMap(({ members = [] }) => members.map(({ value }) => value));
  const filters = createFilters(ids.map((id) => formatEquals('id', id)));
  const users = await mapInParallel(filters, (filter) => resources.users.list({ filter }));
  return { groups, users: users.flat(), providers, clients };
}

export function findGroup(name: string, { groups }: TrustContent): Group {
  const found = groups.find(({ displayName }) => isSameName(displayName, trustGroupPrefix + name));
  if (found !== undefined) return found;
  throw new TpksError('notFound', `Trust ${name} not found`, { hint: 'tpks uaa trust list' });
}

function nameOf({ displayName }: Group): string {
  return displayName.slice(trustGroupPrefix.length);
}

export function usersOf({ members = [] }: Group, { users }: TrustContent): readonly User[] {
  return users.filter(({ id }) => members.some(({ value }) => value === id));
}

export function toTrust(group: Group, content: TrustContent): CiTrust {
  const [user] = usersOf(group, content);
  const name = nameOf(group);
  if (user === undefined) return { name, complete: false, clients: [], scopes: [] };
  const { origin } = user;
  const provider = content.providers.find(({ originKey }) => originKey === origin);
  const clients = content.clients.filter((client) => acceptsOrigin(client, origin));
  const userScopes = (user.groups ?? []).map(({ display }) => display ?? '');
  const scopes = [...new Set(clients.flatMap(({ scope }) => scope ?? []))].filter(
    (scope) => scope !== 'openid' && userScopes.includes(scope),
  );
  return {
    name,
    complete: provider !== undefined && scopes.length > 0 && user.active !== false,
    issuer: readSetting(provider, 'issuer'),
    subject: group.description ?? user.userName,
    userClaim: provider && readUserClaim(provider),
    audience: readSetting(provider, 'relyingPartyId'),
    origin,
    clients: clients.map(({ client_id: id }) => id),
    scopes,
    lastLogonTime: user.lastLogonTime ?? undefined,
  };
}

/** Whether a client can exchange tokens of an origin. */
function acceptsOrigin(client: Client, origin: string): boolean {
  const { authorized_grant_types: grants = [], allowedproviders: origins } = readAttributes(client);
  const isAllowed = origins === undefined || toList(origins).includes(origin);
  return toList(grants).includes(jwtBearerGrant) && isAllowed;
}

export function readSettings(
  provider: IdentityProvider | undefined,
): Readonly<Record<string, unknown>> {
  return isObject(provider?.config) ? provider.config : {};
}

/** @returns a text setting of an OIDC provider; `undefined` if it is not set. */
export function readSetting(
  provider: IdentityProvider | undefined,
  name: string,
): string | undefined {
  const value = getOwnValue(readSettings(provider), name);
  return typeof value === 'string' ? value : undefined;
}

/** @returns the claim that becomes the name of the user. */
export function readUserClaim(provider: IdentityProvider): string {
  const { attributeMappings: mappings } = readSettings(provider);
  const claim = isObject(mappings) ? getOwnValue(mappings, 'user_name') : undefined;
  return typeof claim === 'string' ? claim : 'sub';
}

export async function ignoreNotFound<T>(response: Promise<T>): Promise<T | undefined> {
  try {
    return await response;
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'notFound') throw error;
    return undefined;
  }
}
