import type { Attributes } from '../../../../src/api/uaa/client-attributes.js';
import {
  memberKey,
  type Access,
  type AccessClient,
  type AccessGroup,
  type AccessUser,
  type ExternalGroup,
  type Member,
} from '../../../../src/domain/access-as-code/model.js';
import { toStoredAttributes } from './simulated-uaa.js';

/** Creates a pseudorandom number generator: the same seed gives the same numbers. */
function createDice(seed: number): (sides: number) => number {
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

function pickSome<T>(roll: Roll, items: readonly T[]): T[] {
  return items.filter(() => roll(2) === 0);
}

function pickOne<T>(roll: Roll, items: readonly [T, ...T[]]): T {
  return items[roll(items.length)] ?? items[0];
}

interface RandomAccessOptions {
  /** As in a UAA: every list and attribute is present. */
  readonly isComplete: boolean;
  /** More users and groups that may be members. */
  readonly known?: Access;
}

/** Generates users, groups and clients with random attributes and members. */
function randomAccess(roll: Roll, { isComplete, known }: RandomAccessOptions): Access {
  const maybe = <T>(value: T): T | undefined => (isComplete || roll(3) > 0 ? value : undefined);
  const users = pickSome(
    roll,
    userNames.flatMap((user) => origins.map((origin) => ({ user, origin }))),
  ).map((user): AccessUser => ({
    ...user,
    emails: maybe([pickOne(roll, ['one@x', 'two@x'])]),
    phones: maybe(roll(2) === 0 && isComplete ? [] : [pickOne(roll, ['1', '2'])]),
    givenName: roll(2) === 0 ? pickOne(roll, ['Cody', 'undefined']) : undefined,
  }));
  const names = pickSome(roll, groupNames);
  const members = (): Member[] =>
    pickSome<Member>(roll, [
      ...[...users, ...(known?.users ?? [])].map(({ user, origin }) => ({ user, origin })),
      ...[...names, ...(known?.groups ?? []).map(({ name }) => name)].map((group) => ({ group })),
    ]);
  const externals: ExternalGroup[] = ['cn=Dev', 'cn=ops'].flatMap((name) =>
    origins.map((origin) => ({ origin, name })),
  );
  const groups = names.map((name): AccessGroup => {
    const unique = new Map(members().map((member) => [memberKey(member), member]));
    unique.delete(memberKey({ group: name }));
    return {
      name,
      members: maybe([...unique.values()]),
      external: maybe(pickSome(roll, externals)),
    };
  });
  const clients = pickSome(roll, ['ci', 'web']).map((id): AccessClient => {
    const scope = pickSome(roll, words);
    const attributes = {
      scope: maybe(scope),
      authorities: maybe(pickSome(roll, words)),
      authorized_grant_types: maybe([pickOne(roll, ['password', 'client_credentials'])]),
      autoapprove: maybe(pickOne(roll, [true, false, ['a'], ['a', 'c'], scope])),
      access_token_validity: maybe(roll(2)),
      allowpublic: maybe(roll(2) === 0),
    };
    const defined = Object.entries(attributes).filter(([, value]) => value !== undefined);
    const chosen = Object.fromEntries(defined) as Attributes;
    return { id, attributes: isComplete ? toStoredAttributes(chosen) : chosen };
  });
  return { users, groups, clients };
}

/** Generates the data of a UAA and of a file that changes it. */
export function randomPair(seed: number): { readonly actual: Access; readonly wanted: Access } {
  const roll = createDice(seed);
  const actual = randomAccess(roll, { isComplete: true });
  return { actual, wanted: randomAccess(roll, { isComplete: false, known: actual }) };
}
