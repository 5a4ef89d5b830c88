/**
 * Built-in modules that most commands of the standalone binary do not need. Its runtime takes 3 ms to
 * load each of them.
 */
import type * as crypto from 'node:crypto';
import process from 'node:process';
import type * as tls from 'node:tls';
import type * as util from 'node:util';

/** Node 20's types lack this function. */
interface ModuleLoader {
  readonly getBuiltinModule: (name: string) => unknown;
}

const { getBuiltinModule } = process as unknown as ModuleLoader;

/** Loads the `tls` module. */
export const getTls = (): typeof tls => getBuiltinModule('node:tls') as typeof tls;

/** Loads the `crypto` module. */
export const getCrypto = (): typeof crypto => getBuiltinModule('node:crypto') as typeof crypto;

/** Loads the `util` module. */
export const getUtil = (): typeof util => getBuiltinModule('node:util') as typeof util;
