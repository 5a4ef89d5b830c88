import type { Attributes } from '../../../../src/api/uaa/client-attributes.js';
import type { ApplyDeps } from '../../../../src/domain/access-as-code/apply.js';
import type { Change } from '../../../../src/domain/access-as-code/difference.js';
import {
  isUserName,
  memberKey,
  userKey,
  type Access,
  type Member,
  type UserName,
} from '../../../../src/domain/access-as-code/model.js';
import type { Plan } from '../../../../src/domain/access-as-code/plan.js';
import { applyChange } from './simulated-uaa.js';

/** One write; the caller decides when it takes effect or fails. */
export type Write = (change: Change, effect: () => void) => Promise<void>;

export interface SimulatedServices {
  readonly deps: ApplyDeps;
  /** The current data of the UAA. */
  readonly state: () => Access;
}

/** Services that write to a simulated UAA. The ID of a user or group is its key. */
export function simulatedServices(
  initial: Access,
  write: Write,
  untilInterrupted: ApplyDeps['untilInterrupted'] = () => new Promise<never>(() => undefined),
): SimulatedServices {
  let access = initial;
  const apply = (change: Change) =>
    write(change, () => void (access = applyChange(access, change)));
  const toMember = (id: string): Member => {
    const members: Member[] = [
      ...access.users,
      ...access.groups.map(({ name }) => ({ group: name })),
    ];
    const member = members.find((candidate) => memberKey(candidate) === id);
    if (member === undefined) throw new Error(`no member ${id}`);
    return member;
  };
  const groupName = (id: string): string => {
    const member = toMember(id);
    if (isUserName(member)) throw new Error(`${id} is not a group`);
    return member.group;
  };
  const services = {
    untilInterrupted,
    users: {
      add: async (user: {
        userName: string;
        origin: string;
        emails: string[];
        phoneNumbers: string[];
        givenName?: string;
      }) => {
        const { userName, origin, emails, phoneNumbers: phones, givenName } = user;
        const newUser = { user: userName, origin, emails, phones, givenName };
        await apply({ action: 'add', kind: 'user', user: newUser });
        return { id: userKey(newUser) };
      },
      update: async (
        { id }: { id: string },
        { phoneNumbers: phones, ...attributes }: Record<string, unknown>,
      ) => {
        const user = { ...toMember(id), ...attributes, phones } as Extract<
          Change,
          { kind: 'user' }
        >['user'];
        await apply({ action: 'change', kind: 'user', user, fields: [] });
      },
    },
    groups: {
      add: async ({ displayName: name }: { displayName: string }) => {
        await apply({ action: 'add', kind: 'group', name, description: undefined });
        return { id: memberKey({ group: name }) };
      },
    },
    members: {
      add: (group: string, { id }: { id: string }) =>
        apply({ action: 'add', kind: 'member', group: groupName(group), member: toMember(id) }),
      remove: (group: string, id: string) =>
        apply({ action: 'remove', kind: 'member', group: groupName(group), member: toMember(id) }),
      repair: (group: string, { id }: { id: string }) =>
        apply({
          action: 'change',
          kind: 'member',
          group: groupName(group),
          member: toMember(id) as UserName,
          fields: [],
        }),
    },
    mappings: {
      map: (source: MappingSource) => apply({ ...mapping(source, groupName), action: 'add' }),
      unmap: (source: MappingSource) => apply({ ...mapping(source, groupName), action: 'remove' }),
    },
    clients: {
      add: ({ id, attributes }: { id: string; attributes: Attributes }) =>
        apply({ action: 'add', kind: 'client', client: { id, attributes } }),
      update: (id: string, attributes: Attributes) => {
        const fields = Object.entries(attributes).map(([name, value]) => ({
          name,
          from: undefined,
          to: value,
        }));
        return apply({ action: 'change', kind: 'client', id, fields });
      },
    },
  };
  return { deps: services as unknown as ApplyDeps, state: () => access };
}

interface MappingSource {
  readonly group: { readonly id: string };
  readonly externalGroup: string;
  readonly origin: string;
}

function mapping(
  { group, externalGroup: name, origin }: MappingSource,
  groupName: (id: string) => string,
) {
  return { kind: 'external', group: groupName(group.id), external: { origin, name } } as const;
}

/** A plan for a UAA in which the ID of a user or group is its key. */
export function simulatedPlan(changes: readonly Change[], { users, groups }: Access): Plan {
  const members = [...users, ...groups.map(({ name }) => ({ group: name }))];
  return {
    path: 'access.yml',
    uaa: 'https://uaa.example.com',
    changes,
    ids: {
      members: new Map(
        members.map((member) => {
          const key = memberKey(member);
          return [key, key];
        }),
      ),
      groups: new Map(groups.map(({ name }) => [name, memberKey({ group: name })])),
    },
    secrets: { users: new Map(), clients: new Map() },
    missingSecrets: [],
    unmanaged: { unknown: [], missing: [] },
  };
}
