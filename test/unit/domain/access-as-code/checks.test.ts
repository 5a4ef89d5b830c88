import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, describe } from '@jest/globals';
import { readSecret } from '../../../../src/domain/access-as-code/checks.js';
import { parseSecretSource } from '../../../../src/domain/access-as-code/model.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

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

  test.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])(
    'reports the variable %s as missing, although every object inherits such a member',
    (name) => {
      expect(read(`env:${name}`, '/', {})).toEqual({ missing: `${name} is not set` });
      const set = Object.fromEntries([[name, 'a secret']]);
      expect(read(`env:${name}`, '/', set)).toEqual({ value: 'a secret' });
    },
  );

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

  test('returns an empty secret for the source empty', () => {
    expect(read('empty')).toEqual({ value: '' });
  });
});
