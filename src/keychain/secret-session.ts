import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

/** Node 20's types lack this kind of key. */
const generateDhKeyPair = generateKeyPairSync as unknown as (
  type: 'dh',
  options: { readonly group: string },
) => { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

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
 * Creates the client's half of the key exchange. `getDiffieHellman` would be simpler, but it checks the
 * prime of the group each time, which takes 30 ms.
 * @see Secret Service API Draft, section "Transfer of Secrets"
 */
export function startKeyExchange() {
  const { privateKey, publicKey } = generateDhKeyPair('dh', { group: 'modp2' });
  return {
    publicKey: exportPublicNumber(publicKey),
    /** @throws {Error} for an invalid public key. */
    finish: (servicePublicKey: Buffer): SecretEncryption => {
      const importedKey = importPublicNumber(servicePublicKey, publicKey);
      const shared = diffieHellman({ privateKey, publicKey: importedKey });
      const padded = Buffer.concat([Buffer.alloc(primeBytes - shared.length), shared]);
      const empty = Buffer.alloc(0);
      return createEncryption(Buffer.from(hkdfSync('sha256', padded, empty, empty, keyBytes)));
    },
  };
}

const [integerTag, bitStringTag, sequenceTag] = [0x02, 0x03, 0x30];

/**
 * Extracts the number that is sent over the bus from a public key.
 * @see RFC 5280, section 4.1: SubjectPublicKeyInfo
 */
function exportPublicNumber(key: KeyObject): Buffer {
  const info = readElement(key.export({ type: 'spki', format: 'der' }), 0);
  const bits = readElement(info.content, readElement(info.content, 0).end);
  // The first byte is the number of unused bits, which is zero.
  const { content } = readElement(bits.content, 1);
  return content[0] === 0 ? content.subarray(1) : content;
}

/** Creates a public key of the same group as `own`. @throws {Error} if the number is invalid. */
function importPublicNumber(number: Buffer, own: KeyObject): KeyObject {
  const info = readElement(own.export({ type: 'spki', format: 'der' }), 0).content;
  const algorithm = info.subarray(0, readElement(info, 0).end);
  const zero = Buffer.alloc(1);
  const start = number.findIndex((byte) => byte !== 0);
  const digits = number.subarray(start === -1 ? number.length : start);
  // DER requires a leading zero if the number would otherwise be negative, and forbids any other.
  const positive = (digits[0] ?? 0x80) < 0x80 ? digits : Buffer.concat([zero, digits]);
  const bits = encodeElement(bitStringTag, zero, encodeElement(integerTag, positive));
  const key = encodeElement(sequenceTag, algorithm, bits);
  return createPublicKey({ key, type: 'spki', format: 'der' });
}

/** Reads the DER element at an offset. */
function readElement(bytes: Buffer, offset: number): { content: Buffer; end: number } {
  const first = bytes.readUInt8(offset + 1);
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  const start = offset + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(offset + 2, lengthBytes);
  return { content: bytes.subarray(start, start + length), end: start + length };
}

function encodeElement(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
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
