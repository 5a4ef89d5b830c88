// Bundles src/ to dist/: one small entry, one chunk for each thing that is loaded on demand.
import { rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  minify: true,
  keepNames: true,
  sourcemap: process.argv.includes('--sourcemap'),
  platform: 'node',
  format: 'esm',
  target: 'node20.12',
  external: ['@napi-rs/keyring'],
  loader: { '.md': 'text' },
  chunkNames: '[name]-[hash]',
  metafile: true,
  legalComments: 'none',
  // Bundled CommonJS packages call require() for node: modules.
  banner: {
    js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
  },
  logLevel: 'warning',
});
if (process.argv.includes('--metafile')) writeFileSync('dist/meta.json', JSON.stringify(metafile));
