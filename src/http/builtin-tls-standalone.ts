import type * as tls from 'node:tls';
import process from 'node:process';

/** Node 20's types lack this function. */
interface ModuleLoader {
  readonly getBuiltinModule: (name: 'node:tls') => typeof tls;
}

/** Loads the `tls` module on first use, because `fetch` does not need it. */
export const getTls = (): typeof tls =>
  (process as unknown as ModuleLoader).getBuiltinModule('node:tls');
