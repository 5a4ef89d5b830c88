import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { geteuid } from 'node:process';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { recordVersionCheck, type VersionCheck } from '../../../src/completion/version-check.js';
import { locateFolders } from '../../../src/config/folders.js';

const user = geteuid?.() ?? 0;
let work: string;
let program: string;
let link: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'tpks-version-'));
  program = join(work, 'tpks');
  link = join(work, 'link');
  writeFileSync(program, '');
  symlinkSync('tpks', link);
});
afterEach(() => rmSync(work, { recursive: true }));

const system = { env: { PATH: '/usr/bin:/bin' }, platform: 'linux' } as const;

/** Records a check in a new settings folder. @returns the folder of the records. */
function record(change: Partial<VersionCheck> = {}): string {
  const folders = locateFolders({ TPKS_HOME: join(work, 'home') }, 'linux');
  mkdirSync(folders.config, { recursive: true });
  const check = { ...system, file: link, ownPath: program, version: '1.2.3', user, ...change };
  recordVersionCheck(check, folders);
  return folders.cache;
}

test('records the path without links and the time of the program', () => {
  const file = join(record(), `program-1.2.3${link.replaceAll('/', '%')}`);
  expect(readFileSync(file, 'utf8')).toBe(`${program}\n`);
  const times = [file, program].map((path) => statSync(path, { bigint: true }).mtimeNs);
  expect(times[0]).toBe(times[1]);
});

test('keeps the records of other programs, and removes those of other versions', () => {
  record({ version: '1.2.2' });
  record({ file: program });
  expect(readdirSync(record())).toEqual(
    [link, program].map((path) => `program-1.2.3${path.replaceAll('/', '%')}`),
  );
});

test('records nothing for a program that starts this one', () => {
  const shim = join(work, 'shim');
  writeFileSync(shim, '');
  expect(readdirSync(record({ file: shim }))).toEqual([]);
});

test('writes nothing to a settings folder of another user, as with sudo', () => {
  expect(existsSync(record({ user: user + 1 }))).toBe(false);
});

test('creates no settings folder', () => {
  const folders = locateFolders({ TPKS_HOME: join(work, 'none') }, 'linux');
  recordVersionCheck({ ...system, file: link, ownPath: program, version: '1.2.3', user }, folders);
  expect(existsSync(folders.config)).toBe(false);
});
