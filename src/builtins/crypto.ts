import * as crypto from 'node:crypto';

/** Returns the `crypto` module of Node. */
export const getCrypto = (): typeof crypto => crypto;
