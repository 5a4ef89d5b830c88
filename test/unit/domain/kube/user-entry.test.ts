import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { findPluginCommand } from '../../../../src/domain/kube/user-entry.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';

const root = realpathSync(fileFolder().path);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
});

function writeProgram(path: string, mode = 0o755): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, mode);
  return file;
}

function link(target: string, path: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  symlinkSync(target, file);
  return file;
}

function find(path: string, ...folders: string[]): string {
  return findPluginCommand({
    env: { PATH: folders.map((each) => join(folder, each)).join(':') },
    platform: 'linux',
    path,
  });
}

describe('findPluginCommand', () => {
  test('is the plain name if a link in PATH leads to this program', () => {
    const script = writeProgram('lib/tpks/bin/tpks.js');
    const installed = link(script, 'bin/tpks');
    expect(find(installed, 'empty', 'bin')).toBe('tpks');
    expect(find(script, 'bin')).toBe('tpks');
  });

  test('is the plain name if the program was started through a link named pks', () => {
    const script = writeProgram('lib/tpks/bin/tpks.js');
    link(script, 'bin/tpks');
    expect(find(link(script, 'bin/pks'), 'bin')).toBe('tpks');
  });

  test('is an absolute path if PATH contains another tpks first', () => {
    const script = writeProgram('lib/tpks/bin/tpks.js');
    writeProgram('other/tpks');
    link(script, 'bin/tpks');
    expect(find(script, 'other', 'bin')).toBe(script);
  });

  test('ignores a file in PATH that cannot be started', () => {
    const script = writeProgram('lib/tpks/bin/tpks.js');
    writeProgram('other/tpks', 0o644);
    link(script, 'bin/tpks');
    expect(find(script, 'other', 'bin')).toBe('tpks');
  });

  test('is the path of a link named tpks that is not in PATH', () => {
    const script = writeProgram('lib/tpks/bin/tpks.js');
    const installed = link(script, 'bin/tpks');
    expect(find(installed)).toBe(installed);
  });

  test('is the path of the script for a link named pks', () => {
    const script = writeProgram('lib/tpks/bin/tpks.js');
    expect(find(link(script, 'bin/pks'))).toBe(script);
  });

  test('is the plain name on Windows, which starts scripts through tpks.cmd', () => {
    const program = { env: {}, platform: 'win32', path: 'C:\\tpks\\bin\\tpks.js' } as const;
    expect(findPluginCommand(program)).toBe('tpks');
  });
});
