import crypto from 'node:crypto';
import tls from 'node:tls';
import util from 'node:util';

// The build for Node loads a module when its function is called: see packaging/common-js.mjs.

/** Returns the `crypto` module. */
export const getCrypto = (): typeof crypto => crypto;

/** Returns the `tls` module. */
export const getTls = (): typeof tls => tls;

/** Returns the `util` module. */
export const getUtil = (): typeof util => util;
