import {
  memberKey,
  type Access,
  type AccessClient,
  type AccessGroup,
  type AccessUser,
  type External,
  type Member,
} from '../../../src/access/model.js';
import type { Attributes } from '../../../src/uaa/client-attributes.js';
import { stored } from './simulated-uaa.js';

/** Numbers that look random and are the same in each run. */
export function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

type Roll = (sides: number) => number;

const userNames = ['cody', 'alana', 'Erin', 'naomi'];
const origins = ['uaa', 'ldap'];
const groupNames = ['pks.clusters.manage', 'team.blue', 'team.red'];
const words = ['a', 'b', 'c', 'uaa.none'];

function some<T>(roll: Roll, items: readonly T[]): T[] {
  return items.filter(() => roll(2) === 0);
}

function one<T>(roll: Roll, items: readonly [T, ...T[]]): T {
  return items[roll(items.length)] ?? items[0];
}

interface Style {
  /** As a UAA: nothing is left out, and every member is there. */
  readonly whole: boolean;
  /** Who may be a member besides. */
  readonly known?: Access;
}

/** Some users, groups and clients, with something of everything. */
export function randomAccess(roll: Roll, { whole, known }: Style): Access {
  const maybe = <T>(value: T): T | undefined => (whole || roll(3) > 0 ? value : undefined);
  const users = some(
    roll,
    userNames.flatMap((user) => origins.map((origin) => ({ user, origin }))),
  ).map((user): AccessUser => ({
    ...user,
    emails: maybe([one(roll, ['one@x', 'two@x'])]),
    phones: maybe(roll(2) === 0 && whole ? [] : [one(roll, ['1', '2'])]),
    givenName: roll(2) === 0 ? one(roll, ['Cody', 'undefined']) : undefined,
  }));
  const names = some(roll, groupNames);
  const members = (): Member[] =>
    some<Member>(roll, [
      ...[...users, ...(known?.users ?? [])].map(({ user, origin }) => ({ user, origin })),
      ...[...names, ...(known?.groups ?? []).map(({ name }) => name)].map((group) => ({ group })),
    ]);
  const externals: External[] = ['cn=Dev', 'cn=ops'].flatMap((name) =>
    origins.map((origin) => ({ origin, name })),
  );
  const groups = names.map((name): AccessGroup => {
    const unique = new Map(members().map((member) => [memberKey(member), member]));
    unique.delete(memberKey({ group: name }));
    return { name, members: maybe([...unique.values()]), external: maybe(some(roll, externals)) };
  });
  const clients = some(roll, ['ci', 'web']).map((id): AccessClient => {
    const scope = some(roll, words);
    const attributes = {
      scope: maybe(scope),
      authorities: maybe(some(roll, words)),
      authorized_grant_types: maybe([one(roll, ['password', 'client_credentials'])]),
      autoapprove: maybe(one(roll, [true, false, ['a'], ['a', 'c'], scope])),
      access_token_validity: maybe(roll(2)),
      allowpublic: maybe(roll(2) === 0),
    };
    const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
    const chosen = Object.fromEntries(given) as Attributes;
    return { id, attributes: whole ? stored(chosen) : chosen };
  });
  return { users, groups, clients };
}
