import * as tls from 'node:tls';

/** Returns the `tls` module of Node. */
export const getTls = (): typeof tls => tls;
