import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const cipher = 'aes-128-cbc';
const [keyBytes, ivBytes, primeBytes] = [16, 16, 128];

/** Name of the encryption algorithm in the Secret Service API. */
export const secretAlgorithm = 'dh-ietf1024-sha256-aes128-cbc-pkcs7';

/** An encrypted secret. Secrets are encrypted because other programs may monitor the bus. */
export interface EncryptedSecret {
  /** The initialization vector. */
  readonly parameters: Buffer;
  readonly value: Buffer;
}

/** Encrypts and decrypts secrets with the key of one session. */
export interface SecretEncryption {
  readonly encrypt: (secret: string) => EncryptedSecret;
  /** @throws {Error} if the secret was not encrypted with this key. */
  readonly decrypt: (secret: EncryptedSecret) => string;
}

/**
 * The prime of the group that the algorithm names; its generator is 2.
 * @see RFC 2409, section 6.2: Second Oakley Group
 */
const prime = BigInt(
  '0xffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd' +
    'ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed' +
    'ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff',
);

/** More than twice the security strength of the group (80 bits). A longer exponent would not be safer. */
const exponentBytes = 32;

/**
 * Creates the client's half of the key exchange. The runtime of the standalone binary does not support
 * the group in `node:crypto`. Its `createDiffieHellman` checks the prime each time, which takes 200 ms;
 * this takes 1 ms.
 * @see Secret Service API Draft, section "Transfer of Secrets"
 */
export function startKeyExchange() {
  const exponent = toNumber(randomBytes(exponentBytes));
  return {
    publicKey: toBytes(power(2n, exponent)),
    /** @throws {Error} for an invalid public key. */
    finish: (servicePublicKey: Buffer): SecretEncryption => {
      const number = toNumber(servicePublicKey);
      // Other numbers would make the shared secret predictable.
      if (number <= 1n || number >= prime - 1n) throw new Error('Invalid public key');
      const empty = Buffer.alloc(0);
      const shared = toBytes(power(number, exponent));
      return createEncryption(Buffer.from(hkdfSync('sha256', shared, empty, empty, keyBytes)));
    },
  };
}

/** Calculates `base ** exponent % prime`. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % prime;
    if (bit === '1') result = (result * base) % prime;
  }
  return result;
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x0${bytes.toString('hex')}`);
}

/** Returns a number of the group, with leading zeros. */
function toBytes(number: bigint): Buffer {
  return Buffer.from(number.toString(16).padStart(2 * primeBytes, '0'), 'hex');
}

function createEncryption(key: Buffer): SecretEncryption {
  return {
    encrypt: (secret) => {
      const parameters = randomBytes(ivBytes);
      const encryption = createCipheriv(cipher, key, parameters);
      const value = Buffer.concat([encryption.update(secret, 'utf8'), encryption.final()]);
      return { parameters, value };
    },
    decrypt: ({ parameters, value }) => {
      const decryption = createDecipheriv(cipher, key, parameters);
      return Buffer.concat([decryption.update(value), decryption.final()]).toString('utf8');
    },
  };
}
