import { describe, expect, test } from '@jest/globals';
import * as node from '../../../src/auth/cipher.js';
import * as standalone from '../../../src/auth/cipher-standalone.js';
import { randomBytes } from '../../../src/disk/digest-standalone.js';

const [key, iv, additionalData] = [randomBytes(32), randomBytes(12), Buffer.from('context')];

describe.each([
  ['the standalone binary', 'Node', standalone, node],
  ['Node', 'the standalone binary', node, standalone],
  ['the standalone binary', 'the standalone binary', standalone, standalone],
])('a text that %s encrypted', (_one, other, { encrypt }, { decrypt }) => {
  test.each(['', 'token', 'gr\u00fc\u00dfe', 'x'.repeat(100_000)])(
    `is decrypted by ${other} (%#)`,
    async (text) => {
      const sealed = await encrypt(text, key, iv, additionalData);
      expect(await decrypt(sealed, key, additionalData)).toBe(text);
    },
  );

  test.each<[string, (sealed: node.Sealed) => Partial<node.Sealed>]>([
    ['its data was changed', ({ data }) => ({ data: Buffer.from(data.map((byte) => byte ^ 1)) })],
    ['its tag was changed', ({ tag }) => ({ tag: Buffer.from(tag.map((byte) => byte ^ 1)) })],
    ['its tag was shortened', ({ tag }) => ({ tag: tag.subarray(0, 12) })],
    ['another initialization vector is given', () => ({ iv: Buffer.alloc(12) })],
  ])(`is rejected by ${other} if %s`, async (_name, change) => {
    const sealed = await encrypt('token', key, iv, additionalData);
    await expect(decrypt({ ...sealed, ...change(sealed) }, key, additionalData)).rejects.toThrow();
  });

  test(`is rejected by ${other} with other additional data`, async () => {
    const sealed = await encrypt('token', key, iv, additionalData);
    await expect(decrypt(sealed, key, Buffer.from('other'))).rejects.toThrow();
  });
});

test('creates random bytes of any length', () => {
  const bytes = randomBytes(200_000);
  expect(bytes).toHaveLength(200_000);
  expect(new Set(bytes.subarray(-10_000)).size).toBe(256);
});
