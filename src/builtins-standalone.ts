/**
 * The same functions as in builtins.ts. The runtime of the standalone binary takes 3 ms to load each of
 * these modules, and most commands do not need them.
 */
import type crypto from 'node:crypto';
import process from 'node:process';
import type tls from 'node:tls';
import type util from 'node:util';

/** Node 20's types lack this function. */
interface ModuleLoader {
  readonly getBuiltinModule: (name: string) => unknown;
}

const { getBuiltinModule } = process as unknown as ModuleLoader;

/** @see getCrypto in builtins.ts */
export const getCrypto = () => getBuiltinModule('node:crypto') as typeof crypto;

/** @see getTls in builtins.ts */
export const getTls = () => getBuiltinModule('node:tls') as typeof tls;

/** @see getUtil in builtins.ts */
export const getUtil = () => getBuiltinModule('node:util') as typeof util;
