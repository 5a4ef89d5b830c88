import { expect, test } from '@jest/globals';
import { checkNames } from '../../../src/access/checks.js';
import type { Change } from '../../../src/access/difference.js';
import type { AccessFile } from '../../../src/access/file.js';
import type { External } from '../../../src/access/model.js';

const dev = { origin: 'ldap', name: 'cn=dev,dc=example,dc=com' };
const file: AccessFile = {
  path: 'access.yml',
  lineOf: () => 1,
  groups: [
    { name: 'team', valuePath: ['groups', 'team'], external: [dev, { ...dev, name: 'cn=a/b' }] },
  ],
  users: [],
  clients: [],
};

function problemsOf(change: Change): string[] {
  const problems: string[] = [];
  checkNames([change], file, (place, text) => problems.push(`${place.join('.')}: ${text}`));
  return problems;
}

const client = (id: string): Change => ({
  action: 'add',
  kind: 'client',
  client: { id, attributes: {} },
});
const mapping = (action: 'add' | 'remove', external: External): Change => ({
  action,
  kind: 'external',
  group: 'team',
  external,
});

test('names that the UAA accepts are not reported', () => {
  expect(problemsOf(client('ci-reader'))).toEqual([]);
  expect(problemsOf(mapping('add', dev))).toEqual([]);
  expect(problemsOf(mapping('remove', dev))).toEqual([]);
});

test('a client id that fits in no URL is reported', () => {
  expect(problemsOf(client('we/b'))).toEqual([expect.stringMatching(/^clients\.we\/b: .*a slash/)]);
});

test.each(['add', 'remove'] as const)(
  '%s: a mapping that cannot be removed is reported',
  (action) => {
    expect(problemsOf(mapping(action, { ...dev, name: 'cn=a/b' }))).toEqual([
      expect.stringMatching(/^groups\.team\.external\.1: .*a slash/),
    ]);
  },
);

test('a mapping that the file does not name is reported at the list of its group', () => {
  expect(problemsOf(mapping('remove', { ...dev, name: 'x/y' }))).toEqual([
    expect.stringMatching(/^groups\.team\.external: .*a slash/),
  ]);
});

test('a mapping whose name is too long is reported', () => {
  expect(problemsOf(mapping('add', { ...dev, name: 'x'.repeat(256) }))).toEqual([
    expect.stringContaining('longer than 255'),
  ]);
});
