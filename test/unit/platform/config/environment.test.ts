import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  isOn,
  readEnvironment,
  locateFolders,
  withoutSecrets,
} from '../../../../src/platform/config/environment.js';

test('an empty variable counts as unset', () => {
  const variables = {
    TPKS_API: 'api.example.com',
    TPKS_PASSWORD: '',
    FORCE_COLOR: '',
    EDITOR: 'vi',
  };
  expect(readEnvironment(variables)).toEqual({ TPKS_API: 'api.example.com', EDITOR: 'vi' });
});

test('finds PATH on Windows, where process.env ignores the case of names', () => {
  const windows = new Proxy<NodeJS.ProcessEnv>(
    { Path: 'C:\\tools' },
    { get: (variables, name) => variables[name === 'PATH' ? 'Path' : String(name)] },
  );
  expect(readEnvironment(windows).PATH).toBe('C:\\tools');
});

test.each<[string, NodeJS.ProcessEnv, NodeJS.Platform, string]>([
  ['TPKS_HOME', { TPKS_HOME: '/data', XDG_CONFIG_HOME: '/x' }, 'linux', '/data'],
  ['XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/x' }, 'linux', '/x/tpks'],
  ['Linux', {}, 'linux', join(homedir(), '.config', 'tpks')],
  ['macOS', {}, 'darwin', join(homedir(), 'Library', 'Preferences', 'tpks')],
  ['Windows', { APPDATA: '/roaming' }, 'win32', '/roaming/tpks'],
  ['Windows without APPDATA', {}, 'win32', join(homedir(), 'AppData', 'Roaming', 'tpks')],
])('locates the folders: %s', (_name, env, platform, root) => {
  expect(locateFolders(env, platform)).toEqual({
    config: root,
    sessions: join(root, 'sessions'),
    keys: join(root, 'keys'),
    cache: join(root, 'cache'),
  });
});

test.each([
  ['1', true],
  ['yes', true],
  ['0', false],
  ['false', false],
  [undefined, false],
])('a variable with the value %s is on: %s', (value, expected) => {
  expect(isOn(value)).toBe(expected);
});

test('programs that tpks starts get none of its credentials, but all other variables', () => {
  const others = { TPKS_API: 'api.example.com', TPKS_HOME: '/tpks', VAULT_TOKEN: 'of-vault' };
  const secrets = {
    TPKS_PASSWORD: 'x',
    TPKS_NEW_PASSWORD: 'x',
    TPKS_CLIENT_SECRET: 'x',
    TPKS_CLIENT_SECRET_COMMAND: 'x',
    TPKS_CLIENT_KEY: 'x',
    TPKS_ID_TOKEN: 'x',
    TPKS_TOKEN: 'x',
    PKS_USER_PASSWORD: 'x',
    TKGI_USER_PASSWORD: 'x',
  };
  expect(withoutSecrets({ ...others, ...secrets })).toEqual(others);
});
