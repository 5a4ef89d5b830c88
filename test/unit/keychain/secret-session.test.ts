import { getDiffieHellman, hkdfSync, createDecipheriv } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { startKeyExchange } from '../../../src/keychain/secret-session.js';

test('agrees on a key with the other side, even if numbers start with zero bytes', () => {
  // One in 256 public keys, and one in 256 shared numbers, starts with a zero byte.
  const other = getDiffieHellman('modp2');
  for (let round = 0; round < 1000; round += 1) {
    const { publicKey, finish } = startKeyExchange();
    const otherPublicKey = other.generateKeys();
    const padded = Buffer.concat([Buffer.alloc(128 - otherPublicKey.length), otherPublicKey]);
    const { parameters, value } = finish(round % 2 === 0 ? otherPublicKey : padded).encrypt(
      'secret',
    );
    const shared = other.computeSecret(publicKey);
    const input = Buffer.concat([Buffer.alloc(128 - shared.length), shared]);
    const key = Buffer.from(hkdfSync('sha256', input, Buffer.alloc(0), Buffer.alloc(0), 16));
    const decryption = createDecipheriv('aes-128-cbc', key, parameters);
    expect(String(Buffer.concat([decryption.update(value), decryption.final()]))).toBe('secret');
  }
});

/** The prime is odd, so only the last byte differs. */
function primeMinusOne(): Buffer {
  const prime = getDiffieHellman('modp2').getPrime();
  prime.writeUInt8(prime.readUInt8(127) - 1, 127);
  return prime;
}

test.each([
  ['nothing', Buffer.alloc(0)],
  ['zero', Buffer.alloc(128)],
  ['one', Buffer.from([1])],
  ['the prime minus one', primeMinusOne()],
  ['a number larger than the prime', Buffer.alloc(128, 0xff)],
])('rejects %s as a public key', (_name, number) => {
  expect(() => startKeyExchange().finish(number)).toThrow();
});
