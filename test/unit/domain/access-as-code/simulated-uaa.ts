import type { Attributes, AttributeValue } from '../../../../src/api/uaa/client-attributes.js';
import type { Change } from '../../../../src/domain/access-as-code/difference.js';
import {
  externalGroupKey,
  memberKey,
  userKey,
  type Access,
  type AccessGroup,
  type AccessUser,
} from '../../../../src/domain/access-as-code/model.js';

/** Applies one change to the data of a UAA; throws if a UAA would reject it. */
export function applyChange(access: Access, change: Change): Access {
  const { users, groups, clients } = access;
  const updateGroup = (name: string, update: (group: AccessGroup) => AccessGroup): Access => {
    if (!groups.some((group) => group.name === name)) throw new Error(`no group ${name}`);
    return {
      ...access,
      groups: groups.map((group) => (group.name === name ? update(group) : group)),
    };
  };
  switch (change.kind) {
    case 'user': {
      const key = userKey(change.user);
      const isExisting = users.some((user) => userKey(user) === key);
      if (isExisting === (change.action === 'add')) throw new Error(`${change.action} ${key}`);
      const { user: name, origin, emails, phones, givenName, familyName } = change.user;
      const user = { user: name, origin, emails, phones, givenName, familyName };
      return change.action === 'add'
        ? { ...access, users: [...users, user] }
        : {
            ...access,
            users: users.map((other) =>
              userKey(other) === key ? withDefined(other, user) : other,
            ),
          };
    }
    case 'group': {
      const { name, description } = change;
      if (groups.some((group) => group.name === name))
        throw new Error(`group ${name} already exists`);
      return { ...access, groups: [...groups, { name, description, members: [], external: [] }] };
    }
    case 'member': {
      const { action, member } = change;
      const isKnown =
        'user' in member
          ? users.some((user) => userKey(user) === userKey(member))
          : groups.some(({ name }) => name === member.group);
      if (!isKnown) throw new Error(`no member ${memberKey(member)}`);
      const item = { item: member, key: memberKey };
      if (action === 'change') {
        return updateGroup(change.group, (group) => ({
          ...group,
          members: updateItems(group.members ?? [], { action: 'add', ...item }),
          providerMembers: group.providerMembers?.filter(
            (other) => memberKey(other.member) !== memberKey(member),
          ),
        }));
      }
      return updateGroup(change.group, (group) => ({
        ...group,
        members: updateItems(group.members ?? [], { action, ...item }),
      }));
    }
    case 'external': {
      const { action, external } = change;
      return updateGroup(change.group, (group) => ({
        ...group,
        external: updateItems(group.external ?? [], {
          action,
          item: external,
          key: externalGroupKey,
        }),
      }));
    }
    case 'client': {
      if (change.action === 'add') {
        if (clients.some(({ id }) => id === change.client.id))
          throw new Error('client already exists');
        const { id, attributes } = change.client;
        return {
          ...access,
          clients: [...clients, { id, attributes: toStoredAttributes(attributes) }],
        };
      }
      const newValues = Object.fromEntries(change.fields.map(({ name, to }) => [name, to]));
      return {
        ...access,
        clients: clients.map((client) =>
          client.id === change.id
            ? { ...client, attributes: toStoredAttributes({ ...client.attributes, ...newValues }) }
            : client,
        ),
      };
    }
  }
}

/** The attributes that the UAA stores for those it receives. @see docs/contributing/servers/uaa.md#clients */
export function toStoredAttributes(attributes: Attributes): Attributes {
  const { scope, authorities, autoapprove, authorized_grant_types: grants } = attributes;
  const [scopes, approved, grantTypes] = [
    withUaaNone(toList(scope)),
    toList(autoapprove),
    toList(grants),
  ];
  return {
    ...attributes,
    scope: scopes,
    authorities: withUaaNone(toList(authorities)),
    authorized_grant_types: [
      ...grantTypes,
      ...(grantTypes.includes('password') ? ['refresh_token'] : []),
    ],
    autoapprove: autoapprove === true || scopes.filter((name) => approved.includes(name)),
  };
}

function toList(value: AttributeValue | undefined): readonly string[] {
  return typeof value === 'object' ? value : [];
}

function withUaaNone(scopes: readonly string[]): readonly string[] {
  return scopes.length === 0 ? ['uaa.none'] : scopes;
}

function withDefined(user: AccessUser, changes: AccessUser): AccessUser {
  const definedEntries = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...user, ...Object.fromEntries(definedEntries) };
}

interface ItemUpdate<T> {
  readonly action: 'add' | 'remove';
  readonly item: T;
  readonly key: (item: T) => string;
}

function updateItems<T>(items: readonly T[], { action, item, key }: ItemUpdate<T>): readonly T[] {
  const rest = items.filter((other) => key(other) !== key(item));
  if ((rest.length === items.length) === (action === 'remove')) {
    throw new Error(`${action} ${key(item)}: nothing to change`);
  }
  return action === 'add' ? [...rest, item] : rest;
}

/** Applies the changes in order. */
export function applyAll(access: Access, changes: readonly Change[]): Access {
  return changes.reduce(applyChange, access);
}
