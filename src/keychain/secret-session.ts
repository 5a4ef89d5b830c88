import {
  createCipheriv,
  createDecipheriv,
  getDiffieHellman,
  hkdfSync,
  randomBytes,
} from 'node:crypto';

const cipher = 'aes-128-cbc';
const [keyBytes, ivBytes, primeBytes] = [16, 16, 128];

/** The name of this encryption in the Secret Service API. */
export const secretAlgorithm = 'dh-ietf1024-sha256-aes128-cbc-pkcs7';

/** A secret as it is sent over the bus, which other programs may monitor. */
export interface EncryptedSecret {
  /** The initialization vector. */
  readonly parameters: Buffer;
  readonly value: Buffer;
}

export interface SecretEncryption {
  readonly encrypt: (secret: string) => EncryptedSecret;
  /** @throws {Error} if it cannot have been encrypted with this key. */
  readonly decrypt: (secret: EncryptedSecret) => string;
}

/**
 * Our half of the key exchange.
 * @see Secret Service API Draft, section "Transfer of Secrets"
 */
export function startKeyExchange() {
  const exchange = getDiffieHellman('modp2');
  const publicKey = exchange.generateKeys();
  return {
    publicKey,
    /** @throws {Error} for an invalid public key. */
    finish: (theirPublicKey: Buffer): SecretEncryption => {
      const shared = exchange.computeSecret(theirPublicKey);
      const padded = Buffer.concat([Buffer.alloc(primeBytes - shared.length), shared]);
      const none = Buffer.alloc(0);
      return encryptionWith(Buffer.from(hkdfSync('sha256', padded, none, none, keyBytes)));
    },
  };
}

function encryptionWith(key: Buffer): SecretEncryption {
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
