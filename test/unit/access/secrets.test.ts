import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { formatSecretSource } from '../../../src/access/model.js';
import { parseSecretSource, readSecret } from '../../../src/access/secrets.js';
import { withFolder } from '../../support/temporary-folder.js';

describe('where a secret lies', () => {
  test.each(['env:NAME', 'env:_n4me', 'file:a b.secret', 'file:/run/secret', 'empty'])(
    '%s, and back',
    (words) => {
      const place = parseSecretSource(words);
      expect(place && formatSecretSource(place)).toBe(words);
    },
  );

  test.each(['', 'env:', 'env:a b', 'env:1A', 'file:', 'hunter2', 'ENV:NAME', ' empty'])(
    '%j is no place',
    (words) => {
      expect(parseSecretSource(words)).toBeUndefined();
    },
  );
});

describe('the secret', () => {
  const from = (words: string, folder = '/', env: NodeJS.ProcessEnv = {}) => {
    const place = parseSecretSource(words);
    if (place === undefined) throw new Error('no place');
    const found = readSecret(place, folder, env);
    return 'secret' in found ? { value: found.secret.reveal() } : found;
  };

  test('comes from a variable', () => {
    expect(from('env:A', '/', { A: ' x\n' })).toEqual({ value: ' x\n' });
    expect(from('env:A')).toEqual({ missing: 'A is not set' });
    expect(from('env:A', '/', { A: '' })).toEqual({ missing: 'A is empty' });
  });

  test.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])(
    'is missing if the variable %s is not set, although every object has such a member',
    (name) => {
      expect(from(`env:${name}`, '/', {})).toEqual({ missing: `${name} is not set` });
      const set = Object.fromEntries([[name, 'a secret']]);
      expect(from(`env:${name}`, '/', set)).toEqual({ value: 'a secret' });
    },
  );

  test('comes from a file beside the access file, without the end of its line', () =>
    withFolder((folder) => {
      mkdirSync(join(folder, 'sub'));
      writeFileSync(join(folder, 'sub', 'a'), ' two words \r\n');
      writeFileSync(join(folder, 'none'), '\n');
      expect(from('file:sub/a', folder)).toEqual({ value: ' two words ' });
      expect(from(`file:${join(folder, 'sub', 'a')}`)).toEqual({ value: ' two words ' });
      expect(from('file:none', folder)).toEqual({ missing: `${join(folder, 'none')} is empty` });
      expect(from('file:gone', folder)).toEqual({
        missing: expect.stringMatching(/^Cannot read .*gone: no such file or directory/),
      });
      return Promise.resolve();
    }));

  test('may be empty, if that is said', () => {
    expect(from('empty')).toEqual({ value: '' });
  });
});
