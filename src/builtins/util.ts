import * as util from 'node:util';

/** Returns the `util` module of Node. */
export const getUtil = (): typeof util => util;
