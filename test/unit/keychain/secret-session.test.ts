import { getDiffieHellman, hkdfSync, createDecipheriv } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { startKeyExchange } from '../../../src/keychain/secret-session.js';

const toNumber = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`);
const toBytes = (number: bigint, length: number) =>
  Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex');

test('agrees on a key with the other side, even if numbers start with zero bytes', () => {
  // One in 256 numbers starts with a zero byte.
  let exchange = startKeyExchange();
  while (exchange.publicKey.length === 128 && exchange.publicKey[0] !== 0) {
    exchange = startKeyExchange();
  }
  const { publicKey, finish } = exchange;
  expect(publicKey).toHaveLength(128);
  // The other side tries the exponents 1, 2, 3 and so on.
  const prime = toNumber(getDiffieHellman('modp2').getPrime());
  let otherPublicKey = 2n;
  let shared = toNumber(publicKey);
  while (shared >= 2n ** 1016n) {
    otherPublicKey = (otherPublicKey * 2n) % prime;
    shared = (shared * toNumber(publicKey)) % prime;
  }
  const none = Buffer.alloc(0);
  const key = Buffer.from(hkdfSync('sha256', toBytes(shared, 128), none, none, 16));
  const shortest = Math.ceil(otherPublicKey.toString(16).length / 2);
  for (const length of [shortest, 128]) {
    const { parameters, value } = finish(toBytes(otherPublicKey, length)).encrypt('secret');
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
