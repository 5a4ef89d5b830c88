/** Builds what the tests run: the program in `dist/`, and one file with the program and the sandbox. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildIfNeeded, isCurrent } from '../../../tools/build-if-needed.mjs';

/** @typedef {typeof import('../program/bundled.ts')} Bundled */

const folder = 'node_modules/.cache/tpks-tests';
const bundle = join(folder, 'bundled.mjs');
const template = join(folder, 'sandbox');
const stateFile = join(template, 'state.json');

export default async function buildOnce() {
  // Some tests read the metafile.
  buildIfNeeded({ metafile: true });
  if (isCurrent([bundle, stateFile], ['src', 'docs', 'test/support', 'package-lock.json'])) return;
  await build({
    entryPoints: ['test/support/program/bundled.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.12',
    external: ['@napi-rs/keyring'],
    loader: { '.md': 'text', '.bash': 'text', '.zsh': 'text', '.fish': 'text', '.ps1': 'text' },
    banner: {
      js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
    },
  });
  await createSandboxTemplate();
}

/** Creates a sandbox folder with only certificates and a signing key: creating these takes half of a sandbox's start. */
async function createSandboxTemplate() {
  const { startSandbox } = /** @type {Bundled} */ (await import(pathToFileURL(bundle).href));
  // Renamed at the end, so that an interrupted run leaves no template that contains other data.
  const unfinished = `${template}-${process.pid}`;
  const sandbox = await startSandbox({ apiPort: 0, uaaPort: 0, dir: unfinished });
  await sandbox.close();
  const state = join(unfinished, 'state.json');
  const { version, rows } = /** @type {{ version: number; rows: Record<string, unknown> }} */ (
    JSON.parse(readFileSync(state, 'utf8'))
  );
  const key = 'uaa/signing-key';
  writeFileSync(state, JSON.stringify({ version, rows: { [key]: rows[key] } }));
  rmSync(template, { recursive: true, force: true });
  renameSync(unfinished, template);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildOnce();
