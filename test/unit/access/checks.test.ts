import { expect, test } from '@jest/globals';
import { checkNames } from '../../../src/access/checks.js';
import type { Change } from '../../../src/access/difference.js';
import type { AccessFile } from '../../../src/access/file.js';
import type { ExternalGroup } from '../../../src/access/model.js';

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

function findProblems(change: Change): string[] {
  const problems: string[] = [];
  checkNames([change], file, (path, text) => problems.push(`${path.join('.')}: ${text}`));
  return problems;
}

const client = (id: string): Change => ({
  action: 'add',
  kind: 'client',
  client: { id, attributes: {} },
});
const mapping = (action: 'add' | 'remove', external: ExternalGroup): Change => ({
  action,
  kind: 'external',
  group: 'team',
  external,
});

test('does not report names that the UAA accepts', () => {
  expect(findProblems(client('ci-reader'))).toEqual([]);
  expect(findProblems(mapping('add', dev))).toEqual([]);
  expect(findProblems(mapping('remove', dev))).toEqual([]);
});

test('reports a client ID that cannot be used in a URL', () => {
  expect(findProblems(client('we/b'))).toEqual([
    expect.stringMatching(/^clients\.we\/b: .*a slash/),
  ]);
});

test.each(['add', 'remove'] as const)(
  'reports a mapping that cannot be removed later (%s)',
  (action) => {
    expect(findProblems(mapping(action, { ...dev, name: 'cn=a/b' }))).toEqual([
      expect.stringMatching(/^groups\.team\.external\.1: .*a slash/),
    ]);
  },
);

test('reports a mapping that is not in the file at the list of its group', () => {
  expect(findProblems(mapping('remove', { ...dev, name: 'x/y' }))).toEqual([
    expect.stringMatching(/^groups\.team\.external: .*a slash/),
  ]);
});

test('reports a mapping whose name is too long', () => {
  expect(findProblems(mapping('add', { ...dev, name: 'x'.repeat(256) }))).toEqual([
    expect.stringContaining('longer than 255'),
  ]);
});
