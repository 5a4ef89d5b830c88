import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, describe } from '@jest/globals';
import { checkNames, readSecret } from '../../../../src/domain/access-as-code/checks.js';
import type { Change } from '../../../../src/domain/access-as-code/difference.js';
import type { AccessFile } from '../../../../src/domain/access-as-code/file.js';
import {
  type ExternalGroup,
  parseSecretSource,
} from '../../../../src/domain/access-as-code/model.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

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

describe('readSecret', () => {
  const read = (text: string, folder = '/', env: NodeJS.ProcessEnv = {}) => {
    const source = parseSecretSource(text);
    if (source === undefined) throw new Error('invalid source');
    const result = readSecret(source, folder, env);
    return 'secret' in result ? { value: result.secret.reveal() } : result;
  };

  test('reads a variable', () => {
    expect(read('env:A', '/', { A: ' x\n' })).toEqual({ value: ' x\n' });
    expect(read('env:A')).toEqual({ missing: 'A is not set' });
    expect(read('env:A', '/', { A: '' })).toEqual({ missing: 'A is empty' });
  });

  test('reads a file relative to the access file, without the trailing line break', () =>
    withFolder((folder) => {
      mkdirSync(join(folder, 'sub'));
      writeFileSync(join(folder, 'sub', 'a'), ' two words \r\n');
      writeFileSync(join(folder, 'none'), '\n');
      expect(read('file:sub/a', folder)).toEqual({ value: ' two words ' });
      expect(read(`file:${join(folder, 'sub', 'a')}`)).toEqual({ value: ' two words ' });
      expect(read('file:none', folder)).toEqual({ missing: `${join(folder, 'none')} is empty` });
      expect(read('file:gone', folder)).toEqual({
        missing: expect.stringMatching(/^Cannot read .*gone: no such file or directory/),
      });
      return Promise.resolve();
    }));
});
