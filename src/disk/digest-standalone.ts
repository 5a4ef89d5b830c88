/**
 * The same functions as in digest.ts. The runtime of the standalone binary needs 3 ms to load
 * `node:crypto`, but does not load anything for these functions.
 */

/** The runtime's hash function, which Node does not have. */
declare const Bun: {
  readonly CryptoHasher: {
    readonly hash: (algorithm: 'sha256', text: string, encoding: 'hex') => string;
  };
};

/** The SHA-256 of a text in UTF-8, in hexadecimal. */
export function hashText(text: string): string {
  return Bun.CryptoHasher.hash('sha256', text, 'hex');
}

/** Random bytes for keys and names. */
export function randomBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  // `getRandomValues` fills at most this many bytes per call.
  const step = 65_536;
  for (let start = 0; start < size; start += step) {
    crypto.getRandomValues(bytes.subarray(start, start + step));
  }
  return bytes;
}

/** A random UUID. */
export function randomUUID(): string {
  return crypto.randomUUID();
}
