import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isTpksError } from '../../src/base/errors.js';
import { createOsKeychain } from '../../src/platform/keychain/os-keychain.js';
import { withFakeSecretService, type FakeReply } from '../support/keychain/fake-secret-service.js';
import { isNightly } from '../support/runner/nightly.js';
import { seed } from './seed.js';

/** A Secret Service that sends wrong, huge or no replies causes keychain errors, never a crash. */

const path = fc.oneof(
  fc.constantFrom('/', '/item/1', '', 'item', '/a b', "/x'y", '/a//b', '/\0', '/ä'),
  fc.integer({ min: 1, max: 1_040_000 }).map((length) => `/${'x'.repeat(length)}`),
);
const text = fc.oneof(fc.string(), fc.constant('x'.repeat(1_000_000)));
const bytes = fc.array(fc.nat(255), { maxLength: 300 });
const reply: fc.Arbitrary<FakeReply> = fc.oneof(
  fc.constant<FakeReply>('none'),
  fc.constantFrom('IsLocked', 'NoSuchObject', 'NoReply').map((name) => ({
    error: `org.freedesktop.Secret.Error.${name}`,
  })),
  path.map((value) => ({ types: 'o', values: [value] })),
  fc.array(path, { minLength: 2, maxLength: 2 }).map((values) => ({ types: 'oo', values })),
  fc
    .array(fc.array(path, { maxLength: 2 }), { minLength: 2, maxLength: 2 })
    .map((values) => ({ types: 'aoao', values })),
  path.map((session) => ({ types: 'vo', values: [['s', ''], session] })),
  fc.tuple(path, bytes, bytes, text).map((secret) => ({ types: '(oayays)', values: [secret] })),
  text.map((value) => ({ types: 's', values: [value] })),
);
const methods = ['ReadAlias', 'Get', 'OpenSession', 'SearchItems', 'CreateItem', 'GetSecret'];

test('a Secret Service with wrong replies causes keychain errors', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.constantFrom(...methods), reply, { minKeys: 1, maxKeys: 2 }),
      async (replies) => {
        expect(await probeAndRead(replies)).toEqual([]);
      },
    ),
    { seed, numRuns: isNightly ? 40 : 10 },
  );
}, 180_000);

/** @returns errors other than keychain errors. */
async function probeAndRead(replies: Readonly<Record<string, FakeReply>>) {
  return withFakeSecretService(replies, async ({ env }) => {
    const options = { platform: 'linux', env, limitMilliseconds: 200 } as const;
    const errors: unknown[] = [];
    const collect = (error: unknown) => {
      if (!isTpksError(error) || error.kind !== 'keychain') errors.push(error);
    };
    await createOsKeychain(options).probe().catch(collect);
    await createOsKeychain(options).read('cody').catch(collect);
    await createOsKeychain(options).write('cody', 'a2V5').catch(collect);
    return errors;
  });
}
