import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a test program in the same way as tpks itself, with lazily loaded modules in separate
 * chunks.
 *
 * @param entry - path relative to the root of the repository.
 * @returns the path of the bundled script.
 */
export async function bundle(entry: string): Promise<string> {
  const outdir = mkdtempSync(join(tmpdir(), 'tpks-test-'));
  await build({
    entryPoints: { program: entry },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.12',
    external: ['@napi-rs/keyring'],
    banner: {
      js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
    },
  });
  return join(outdir, 'program.mjs');
}
