import { mkdtempSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { findOwnPath } from '../../../../src/platform/config/own-path.js';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'tpks-own-path-')));
const binary = join(root, 'lib/tpks');
const link = join(root, 'bin/pks');
const other = join(root, 'other/pks');
for (const folder of ['lib', 'bin', 'other']) mkdirSync(join(root, folder));
writeFileSync(binary, '');
writeFileSync(other, '');
symlinkSync(binary, link);
afterAll(() => {
  rmSync(root, { recursive: true });
});

function find(argv0: string, ...folders: string[]): string {
  const env = { PATH: folders.map((folder) => join(root, folder)).join(':') };
  return findOwnPath({ argv0, execPath: binary, env, platform: 'linux' });
}

test('a path to the binary is the path of the program', () => {
  expect(find(binary)).toBe(binary);
});

test('a path to a link is the path of the link', () => {
  expect(find(link)).toBe(link);
});

test('a name is the path of the first link in PATH that leads to the binary', () => {
  expect(find('pks', 'missing', 'other', 'bin')).toBe(link);
});

test('a name that does not lead to the binary is replaced by the path of the binary', () => {
  expect(find('pks', 'other')).toBe(binary);
  expect(find('-tpks', 'bin')).toBe(binary);
  expect(find('')).toBe(binary);
});

test('a binary that was replaced while it started is found by its path', () => {
  const execPath = `${binary} (deleted)`;
  const env = { PATH: join(root, 'bin') };
  expect(findOwnPath({ argv0: 'pks', execPath, env, platform: 'linux' })).toBe(link);
  expect(findOwnPath({ argv0: '', execPath, env, platform: 'linux' })).toBe(binary);
});

test('on Windows, the extension is optional', () => {
  const program = join(root, 'lib/tpks.exe');
  writeFileSync(program, '');
  const path = join(root, 'lib/tpks');
  expect(findOwnPath({ argv0: path, execPath: program, env: {}, platform: 'win32' })).toBe(program);
});
