import * as tls from 'node:tls';

/** Returns Node's `tls` module, which `node:https` loads in any case. */
export const getTls = (): typeof tls => tls;
