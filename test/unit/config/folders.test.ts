import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { locateFolders } from '../../../src/config/folders.js';

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
