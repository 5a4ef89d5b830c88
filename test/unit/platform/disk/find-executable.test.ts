import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  findExecutable,
  locateWindowsProgram,
} from '../../../../src/platform/disk/find-executable.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

function findOnWindows(program: string, path: string, files: readonly string[]) {
  const isExecutable = (file: string) => files.includes(file);
  return findExecutable(program, { env: { PATH: path }, platform: 'win32', isExecutable });
}

test('on Windows, a program in the current folder is not found', () => {
  const hostile = ['less.exe', '.\\less.exe', 'bin\\less.exe', '\\less.exe', 'C:less.exe'];
  const entries = ['', '.', '.\\', 'bin', '\\', 'C:', 'C:.'];
  expect(findOnWindows('less', entries.join(';'), hostile)).toBe(undefined);
  const real = 'C:\\Program Files\\less\\less.exe';
  const path = [...entries, 'C:\\Program Files\\less'].join(';');
  expect(findOnWindows('less', path, [...hostile, real])).toBe(real);
});

test.each([
  ['less', 'D:\\b\\less.exe'],
  ['less.exe', 'D:\\b\\less.exe'],
  ['more', '\\\\server\\share\\more.com'],
  ['tool', undefined],
])('on Windows, %s is %s', (program, file) => {
  const files = ['D:\\b\\less.exe', '\\\\server\\share\\more.com', 'D:\\b\\tool.cmd'];
  expect(findOnWindows(program, 'D:\\a;D:\\b;\\\\server\\share', files)).toBe(file);
});

test.each([
  ['win32', 'C:\\tools\\less.exe'],
  ['linux', '/usr/bin/less'],
] as const)('on %s, the path %s is not looked up', (platform, path) => {
  expect(findExecutable(path, { env: {}, platform })).toBe(path);
});

test('only programs in absolute folders of PATH are found', () =>
  withFolder(async (folder) => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    for (const each of [first, second]) mkdirSync(join(each, 'folder'), { recursive: true });
    writeFileSync(join(first, 'data'), '', { mode: 0o644 });
    for (const each of [first, second]) writeFileSync(join(each, 'less'), '', { mode: 0o755 });
    const find = (program: string, ...path: string[]) =>
      findExecutable(program, { env: { PATH: path.join(':') }, platform: 'linux' });
    expect(find('less', second, first)).toBe(join(second, 'less'));
    expect(find('less', '', '.', relative('.', first), second)).toBe(join(second, 'less'));
    expect(find('less', relative('.', first))).toBe(undefined);
    expect(find('data', first)).toBe(undefined);
    expect(find('folder', first)).toBe(undefined);
    expect(findExecutable('less', { env: {}, platform: 'linux' })).toBe(undefined);
  }));

test.each([
  [{ SystemRoot: 'D:\\Windows' }, 'D:\\Windows\\System32\\cmd.exe'],
  [{}, 'C:\\Windows\\System32\\cmd.exe'],
])('with %j, cmd.exe is %s', (env, path) => {
  expect(locateWindowsProgram('cmd.exe', env)).toBe(path);
});
