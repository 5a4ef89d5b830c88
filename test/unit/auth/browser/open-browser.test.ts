import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openBrowser } from '../../../../src/auth/browser/open-browser.js';

const url = 'https://uaa.example.com/oauth/authorize?client_id=a$&state=$(touch x);`y`';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tpks-browser-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A program of that name which writes down its arguments. */
function program(name: string, exitCode = 0): void {
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/called'\nexit ${String(exitCode)}\n`;
  writeFileSync(join(folder, name), script, { mode: 0o755 });
}
const called = () => readFileSync(join(folder, 'called'), 'utf8').trimEnd().split('\n');
const env = (more: Record<string, string> = {}) => ({ PATH: folder, ...more });

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
  ['win32', 'rundll32.exe', {}, ['url.dll,FileProtocolHandler']],
])(
  'on %s, %s gets the address as one argument, past any shell',
  async (platform, name, more, first) => {
    program(name);
    expect(await openBrowser(url, { platform, env: env(more) })).toBe(true);
    expect(called()).toEqual([...first, url]);
  },
);

test('BROWSER may say where in its words the address goes', async () => {
  program('firefox');
  const more = { BROWSER: 'firefox --url=%s --new-tab' };
  expect(await openBrowser(url, { platform: 'linux', env: env(more) })).toBe(true);
  expect(called()).toEqual([`--url=${url}`, '--new-tab']);
});

test('Windows’ own is called by its whole path, past what lies in the current folder', async () => {
  program('root\\System32\\rundll32.exe');
  const more = { SystemRoot: join(folder, 'root') };
  expect(await openBrowser(url, { platform: 'win32', env: env(more) })).toBe(true);
  expect(called()).toEqual(['url.dll,FileProtocolHandler', url]);
});

test('a browser gets no secret of ours, and all the rest', async () => {
  const script = `#!/bin/sh\nexport > '${folder}/called'\n`;
  writeFileSync(join(folder, 'firefox'), script, { mode: 0o755 });
  const secrets = {
    TPKS_PASSWORD: 'p4ss',
    TPKS_CLIENT_SECRET: 's3cret',
    TPKS_CLIENT_SECRET_FILE: 's3cret',
    TPKS_NEW_SECRET: 's3cret',
    PKS_USER_PASSWORD: 'p4ss',
    TKGI_USER_PASSWORD: 'p4ss',
  };
  const more = { BROWSER: 'firefox', TPKS_HOME: '/tpks', ...secrets };
  expect(await openBrowser(url, { platform: 'linux', env: env(more) })).toBe(true);
  const seen = called().join('\n');
  expect(seen).toContain('/tpks');
  expect(seen).not.toMatch(/p4ss|s3cret/);
});

test('one that finds no browser is followed by the next', async () => {
  program('firefox', 1);
  program('xdg-open');
  const more = { BROWSER: 'firefox', DISPLAY: ':0' };
  expect(await openBrowser(url, { platform: 'linux', env: env(more) })).toBe(true);
  expect(called()).toEqual([url]);
});

test('a program that finds no browser is told', async () => {
  program('xdg-open', 3);
  expect(await openBrowser(url, { platform: 'linux', env: env({ DISPLAY: ':0' }) })).toBe(false);
});

test('a machine without such a program is told', async () => {
  expect(await openBrowser(url, { platform: 'linux', env: env({ DISPLAY: ':0' }) })).toBe(false);
});

test('without a desktop nothing is started', async () => {
  program('xdg-open');
  expect(await openBrowser(url, { platform: 'linux', env: env() })).toBe(false);
  expect(called).toThrow('ENOENT');
});
