import {
  isUserName,
  memberKey,
  userKey,
  type Access,
  type Member,
} from '../../../src/access/model.js';
import type { Attributes } from '../../../src/uaa/client-attributes.js';
import type { ApplyDeps } from '../../../src/access/apply.js';
import type { Change } from '../../../src/access/difference.js';
import type { Plan } from '../../../src/access/plan.js';
import { after } from './simulated-uaa.js';

/** One write; the caller decides when it takes effect or fails. */
export type Write = (change: Change, effect: () => void) => Promise<void>;

export interface SimulatedServices {
  readonly deps: ApplyDeps;
  /** What the UAA has now. */
  readonly state: () => Access;
}

/** The services that write, on top of a simulated UAA. An id is the key of its user or group. */
export function simulatedServices(
  initial: Access,
  write: Write,
  untilInterrupted: ApplyDeps['untilInterrupted'] = () => new Promise<never>(() => undefined),
): SimulatedServices {
  let access = initial;
  const make = (change: Change) => write(change, () => void (access = after(access, change)));
  const toMember = (id: string): Member => {
    const members: Member[] = [
      ...access.users,
      ...access.groups.map(({ name }) => ({ group: name })),
    ];
    const found = members.find((one) => memberKey(one) === id);
    if (found === undefined) throw new Error(`no member ${id}`);
    return found;
  };
  const groupName = (id: string): string => {
    const found = toMember(id);
    if (isUserName(found)) throw new Error(`${id} is not a group`);
    return found.group;
  };
  const services = {
    untilInterrupted,
    users: async () => ({
      add: async (user: {
        userName: string;
        origin: string;
        emails: string[];
        phoneNumbers: string[];
        givenName?: string;
      }) => {
        const { userName, origin, emails, phoneNumbers: phones, givenName } = user;
        const added = { user: userName, origin, emails, phones, givenName };
        await make({ action: 'add', kind: 'user', user: added });
        return { id: userKey(added) };
      },
    }),
    userUpdates: async () => ({
      update: async (
        { id }: { id: string },
        { phoneNumbers: phones, ...given }: Record<string, unknown>,
      ) => {
        const user = { ...toMember(id), ...given, phones } as Extract<
          Change,
          { kind: 'user' }
        >['user'];
        await make({ action: 'change', kind: 'user', user, fields: [] });
      },
    }),
    groups: async () => ({
      add: async ({ displayName: name }: { displayName: string }) => {
        await make({ action: 'add', kind: 'group', name, description: undefined });
        return { id: memberKey({ group: name }) };
      },
    }),
    members: async () => ({
      add: (group: string, { id }: { id: string }) =>
        make({ action: 'add', kind: 'member', group: groupName(group), member: toMember(id) }),
      remove: (group: string, id: string) =>
        make({ action: 'remove', kind: 'member', group: groupName(group), member: toMember(id) }),
    }),
    mappings: async () => ({
      map: (joint: Joint) => make({ ...mapping(joint, groupName), action: 'add' }),
      unmap: (joint: Joint) => make({ ...mapping(joint, groupName), action: 'remove' }),
    }),
    clients: async () => ({
      add: ({ id, attributes }: { id: string; attributes: Attributes }) =>
        make({ action: 'add', kind: 'client', client: { id, attributes } }),
      update: (id: string, attributes: Attributes) => {
        const fields = Object.entries(attributes).map(([name, to]) => ({
          name,
          from: undefined,
          to,
        }));
        return make({ action: 'change', kind: 'client', id, fields });
      },
    }),
  };
  return { deps: services as unknown as ApplyDeps, state: () => access };
}

interface Joint {
  readonly group: { readonly id: string };
  readonly externalGroup: string;
  readonly origin: string;
}

function mapping({ group, externalGroup: name, origin }: Joint, groupName: (id: string) => string) {
  return { kind: 'external', group: groupName(group.id), external: { origin, name } } as const;
}

/** A plan for a UAA in which an id is the key of its user or group. */
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
  };
}
