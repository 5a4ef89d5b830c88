import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openBrowser } from '../../../../src/domain/auth/open-browser.js';

const url = 'https://uaa.example.com/oauth/authorize?client_id=a$&state=$(touch x);`y`';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpks-browser-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Creates a program that records its arguments. */
function createProgram(name: string, exitCode = 0): void {
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/arguments'\nexit ${String(exitCode)}\n`;
  writeFileSync(join(folder, name), script, { mode: 0o755 });
}
const readArguments = () => readFileSync(join(folder, 'arguments'), 'utf8').trimEnd().split('\n');
const env = (variables: Record<string, string> = {}) => ({ PATH: folder, ...variables });

test.each<[NodeJS.Platform, string, Record<string, string>, string[]]>([
  ['linux', 'xdg-open', { DISPLAY: ':0' }, []],
  ['linux', 'xdg-open', { WAYLAND_DISPLAY: 'wayland-0' }, []],
  ['linux', 'firefox', { BROWSER: 'firefox' }, []],
  [
    'linux',
    'firefox',
    { BROWSER: 'no-such-browser:firefox --new-tab', DISPLAY: ':0' },
    ['--new-tab'],
  ],
  ['linux', 'xdg-open', { BROWSER: 'no-such-browser', DISPLAY: ':0' }, []],
  ['linux', 'wslview', { WSL_DISTRO_NAME: 'Debian', DISPLAY: ':0' }, []],
  ['linux', 'rundll32.exe', { WSL_DISTRO_NAME: 'Debian' }, ['url.dll,FileProtocolHandler']],
  ['darwin', 'firefox', { BROWSER: 'firefox' }, []],
  ['darwin', 'open', {}, []],
])(
  'on %s, %s gets the URL as one argument, without a shell',
  async (platform, name, variables, leadingArguments) => {
    createProgram(name);
    expect(await openBrowser(url, { platform, env: env(variables) })).toBe(true);
    expect(readArguments()).toEqual([...leadingArguments, url]);
  },
);

test('on Windows, rundll32.exe is started by its full path, not from the current folder', async () => {
  createProgram('root\\System32\\rundll32.exe');
  const variables = { SystemRoot: join(folder, 'root') };
  expect(await openBrowser(url, { platform: 'win32', env: env(variables) })).toBe(true);
  expect(readArguments()).toEqual(['url.dll,FileProtocolHandler', url]);
});

test('the browser gets no variables that contain secrets, but all others', async () => {
  const script = `#!/bin/sh\nexport > '${folder}/arguments'\n`;
  writeFileSync(join(folder, 'firefox'), script, { mode: 0o755 });
  const secrets = {
    TPKS_PASSWORD: 'p4ss',
    TPKS_CLIENT_SECRET: 's3cret',
    TPKS_CLIENT_SECRET_FILE: 's3cret',
    TPKS_NEW_SECRET: 's3cret',
    TPKS_CLIENT_KEY: 's3cret',
    TPKS_CLIENT_KEY_FILE: 's3cret',
    PKS_USER_PASSWORD: 'p4ss',
    TKGI_USER_PASSWORD: 'p4ss',
  };
  const variables = { BROWSER: 'firefox', TPKS_HOME: '/tpks', ...secrets };
  expect(await openBrowser(url, { platform: 'linux', env: env(variables) })).toBe(true);
  const environment = readArguments().join('\n');
  expect(environment).toContain('/tpks');
  expect(environment).not.toMatch(/p4ss|s3cret/);
});

test('the next program is tried if one finds no browser', async () => {
  createProgram('firefox', 1);
  createProgram('xdg-open');
  const variables = { BROWSER: 'firefox', DISPLAY: ':0' };
  expect(await openBrowser(url, { platform: 'linux', env: env(variables) })).toBe(true);
  expect(readArguments()).toEqual([url]);
});

test('a program in the current folder is not run', async () => {
  createProgram('xdg-open');
  const variables = { PATH: `:${relative('.', folder)}`, DISPLAY: ':0' };
  expect(await openBrowser(url, { platform: 'linux', env: env(variables) })).toBe(false);
  expect(readArguments).toThrow('ENOENT');
});

test('does not start a program without a desktop', async () => {
  createProgram('xdg-open');
  expect(await openBrowser(url, { platform: 'linux', env: env() })).toBe(false);
  expect(readArguments).toThrow('ENOENT');
});
