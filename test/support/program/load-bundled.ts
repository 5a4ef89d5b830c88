import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as bundledModule from './bundled.js';

declare global {
  var importOutsideJest: (path: string) => Promise<unknown>;
}

type Bundled = typeof bundledModule;

const folder = new URL('../../../node_modules/.cache/tpks-tests/', import.meta.url);

/** A folder of a sandbox, with certificates and a signing key. */
export const sandboxTemplate = fileURLToPath(new URL('sandbox', folder));

let source: Promise<Bundled> | undefined;

/**
 * Loads the program and the sandbox from one file. This takes half a second of CPU time for each worker; loading the
 * source files takes as long for each test file. With `TPKS_TEST_SOURCE=1`, it loads the source files, for a debugger and
 * for the coverage.
 */
export async function loadBundled(): Promise<Bundled> {
  if (process.env['TPKS_TEST_SOURCE'] === '1') return (source ??= loadSource());
  return (await importOutsideJest(fileURLToPath(new URL('bundled.mjs', folder)))) as Bundled;
}

/**
 * Loads all modules of the program one after the other. The program loads modules in parallel, but
 * Jest cannot link a module twice at the same time.
 */
async function loadSource(): Promise<Bundled> {
  const root = fileURLToPath(new URL('../../../src/', import.meta.url));
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!/^(?!main|standalone)[^.]+\.ts$/.test(file)) continue;
    await import(`../../../src/${file.replaceAll('\\', '/').replace(/\.ts$/, '.js')}`);
  }
  return import('./bundled.js');
}
