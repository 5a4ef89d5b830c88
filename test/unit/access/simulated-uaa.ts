import {
  externalKey,
  memberKey,
  userKey,
  type Access,
  type AccessGroup,
  type AccessUser,
} from '../../../src/access/model.js';
import type { Attributes, AttributeValue } from '../../../src/uaa/client-attributes.js';
import type { Change } from '../../../src/access/difference.js';

/** A UAA in a value: does one change, and refuses what a UAA would refuse. */
export function after(access: Access, change: Change): Access {
  const { users, groups, clients } = access;
  const inGroup = (name: string, alter: (group: AccessGroup) => AccessGroup): Access => {
    if (!groups.some((group) => group.name === name)) throw new Error(`no group ${name}`);
    return { ...access, groups: groups.map((one) => (one.name === name ? alter(one) : one)) };
  };
  switch (change.kind) {
    case 'user': {
      const key = userKey(change.user);
      const isThere = users.some((user) => userKey(user) === key);
      if (isThere === (change.action === 'add')) throw new Error(`${change.action} ${key}`);
      const { user: name, origin, emails, phones, givenName, familyName } = change.user;
      const user = { user: name, origin, emails, phones, givenName, familyName };
      return change.action === 'add'
        ? { ...access, users: [...users, user] }
        : {
            ...access,
            users: users.map((one) => (userKey(one) === key ? withGiven(one, user) : one)),
          };
    }
    case 'group': {
      const { name, description } = change;
      if (groups.some((group) => group.name === name)) throw new Error(`group ${name} is there`);
      return { ...access, groups: [...groups, { name, description, members: [], external: [] }] };
    }
    case 'member': {
      const { action, member } = change;
      const isKnown =
        'user' in member
          ? users.some((user) => userKey(user) === userKey(member))
          : groups.some(({ name }) => name === member.group);
      if (!isKnown) throw new Error(`no member ${memberKey(member)}`);
      return inGroup(change.group, (group) => ({
        ...group,
        members: altered(group.members ?? [], { action, item: member, key: memberKey }),
      }));
    }
    case 'external': {
      const { action, external } = change;
      return inGroup(change.group, (group) => ({
        ...group,
        external: altered(group.external ?? [], { action, item: external, key: externalKey }),
      }));
    }
    case 'client': {
      if (change.action === 'add') {
        if (clients.some(({ id }) => id === change.client.id)) throw new Error('client is there');
        const { id, attributes } = change.client;
        return { ...access, clients: [...clients, { id, attributes: stored(attributes) }] };
      }
      const set = Object.fromEntries(change.fields.map(({ name, to }) => [name, to]));
      return {
        ...access,
        clients: clients.map((client) =>
          client.id === change.id
            ? { ...client, attributes: stored({ ...client.attributes, ...set }) }
            : client,
        ),
      };
    }
  }
}

/** As UAA keeps a client, whatever it was sent. @see uaa-api, section 9.1 */
export function stored(attributes: Attributes): Attributes {
  const { scope, authorities, autoapprove, authorized_grant_types: grants } = attributes;
  const [scopes, approved, types] = [orNone(list(scope)), list(autoapprove), list(grants)];
  return {
    ...attributes,
    scope: scopes,
    authorities: orNone(list(authorities)),
    authorized_grant_types: [...types, ...(types.includes('password') ? ['refresh_token'] : [])],
    autoapprove: autoapprove === true || scopes.filter((one) => approved.includes(one)),
  };
}

function list(value: AttributeValue | undefined): readonly string[] {
  return typeof value === 'object' ? value : [];
}

function orNone(scopes: readonly string[]): readonly string[] {
  return scopes.length === 0 ? ['uaa.none'] : scopes;
}

function withGiven(user: AccessUser, given: AccessUser): AccessUser {
  const there = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...user, ...Object.fromEntries(there) };
}

interface Alteration<T> {
  readonly action: 'add' | 'remove';
  readonly item: T;
  readonly key: (item: T) => string;
}

function altered<T>(items: readonly T[], { action, item, key }: Alteration<T>): readonly T[] {
  const rest = items.filter((one) => key(one) !== key(item));
  if ((rest.length === items.length) === (action === 'remove')) {
    throw new Error(`${action} ${key(item)}: it is so already`);
  }
  return action === 'add' ? [...rest, item] : rest;
}

/** Does all of them, one after the other. */
export function afterAllOf(access: Access, changes: readonly Change[]): Access {
  return changes.reduce(after, access);
}
