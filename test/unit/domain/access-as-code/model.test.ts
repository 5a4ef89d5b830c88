import { expect, test, describe } from '@jest/globals';
import {
  formatSecretSource,
  parseSecretSource,
} from '../../../../src/domain/access-as-code/model.js';

describe('parseSecretSource', () => {
  test.each(['env:NAME', 'env:_n4me', 'file:a b.secret', 'file:/run/secret', 'empty'])(
    'parses %s, and formatSecretSource restores it',
    (text) => {
      const source = parseSecretSource(text);
      expect(source && formatSecretSource(source)).toBe(text);
    },
  );

  test.each(['', 'env:', 'env:a b', 'env:1A', 'file:', 'hunter2', 'ENV:NAME', ' empty'])(
    'returns undefined for %j',
    (text) => {
      expect(parseSecretSource(text)).toBeUndefined();
    },
  );
});
