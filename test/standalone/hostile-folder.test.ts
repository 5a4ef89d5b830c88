import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { compile } from '../../packaging/compile.mjs';
import { findHostTarget } from '../../packaging/targets.mjs';
import { createUser } from '../support/program/cli.js';
import { binary } from './binary.js';

const root = mkdtempSync(join(tmpdir(), 'tpks-hostile-'));
const folder = join(root, 'current-folder');
const marker = join(root, 'marker');
/** A binary that reads the files of the current folder at its start. */
const control = join(root, 'control', 'tpks');
const user = createUser();

jest.setTimeout(120_000);

beforeAll(() => {
  const variables = [
    'TPKS_API=127.0.0.1:9',
    'TPKS_CLIENT_NAME=mallory',
    'TPKS_CLIENT_SECRET=hostile',
  ].join('\n');
  const preload = `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '');`;
  const paths = { paths: { '*': ['./preload.cjs'] }, baseUrl: '.' };
  const files = {
    '.env': variables,
    '.env.local': variables,
    '.env.development': variables,
    '.env.production': variables,
    'bunfig.toml': 'preload = ["./preload.cjs"]\n',
    'package.json': JSON.stringify({ name: 'tpks', type: 'commonjs', main: './preload.cjs' }),
    'preload.cjs': preload,
    'tsconfig.json': JSON.stringify({ compilerOptions: paths }),
  };
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  compile(findHostTarget().name, control, { readsStartFiles: true });
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

async function runStatus(program: string) {
  rmSync(marker, { force: true });
  const { code, stderr } = await user.spawn(['status'], { cwd: folder, link: program });
  return { code, stderr, hasRunPreload: existsSync(marker) };
}

test('files in the current folder change nothing', async () => {
  const { code, stderr } = await user.spawn(['status']);
  expect(code).toBe(4);
  expect(await runStatus(binary)).toEqual({ code, stderr, hasRunPreload: false });
  expect(user.files()).toEqual([]);
});

test('files in the current folder control a binary that is compiled without protection', async () => {
  const { code, hasRunPreload } = await runStatus(control);
  expect({ hasHostileApi: code !== 4, hasRunPreload }).toEqual({
    hasHostileApi: true,
    hasRunPreload: true,
  });
});
