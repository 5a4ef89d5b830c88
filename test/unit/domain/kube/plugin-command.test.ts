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
import { Secret } from '../../../../src/base/secret.js';
import { createSessionStore } from '../../../../src/domain/auth/session-file.js';
import type { Token } from '../../../../src/domain/auth/token.js';
import {
  formatExecCredential,
  parseCredentialRequest,
  createClusterCredential,
} from '../../../../src/domain/kube/cluster-credentials.js';
import { findPluginCommand } from '../../../../src/domain/kube/plugin-command.js';
import { createKubernetesSessions } from '../../../../src/domain/kube/sessions.js';
import { withSecrets } from '../../../support/checks/plain-tokens.js';
import { catchTpksError } from '../../../support/checks/thrown-error.js';
import {
  aKubernetesSession,
  countSettingsAccess,
} from '../../../support/fakes/fake-kubernetes-sessions.js';
import { fakeSettings } from '../../../support/fakes/fake-settings.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';
import { jwt } from '../../../support/fixtures/jwt.js';
import { execInfo } from '../../../support/fixtures/kubernetes-session.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

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

const info = (value: object) =>
  JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    ...value,
  });

describe('parseCredentialRequest', () => {
  test('uses v1beta1 without a prompt if no client runs the plugin', () => {
    expect(parseCredentialRequest(undefined)).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      isInteractive: false,
    });
  });

  test.each(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'])(
    'responds in the requested version %s',
    (apiVersion) => {
      expect(parseCredentialRequest(info({ apiVersion }))).toMatchObject({ apiVersion });
    },
  );

  test.each([
    [{ interactive: true }, true],
    [{ interactive: false }, false],
    [{ interactive: 'true' }, false],
    [undefined, false],
  ])('for spec %j, the user can be prompted: %s', (spec, isInteractive) => {
    expect(parseCredentialRequest(info({ spec }))).toMatchObject({ isInteractive });
  });

  test.each([
    info({ apiVersion: 'client.authentication.k8s.io/v1alpha1' }),
    info({ kind: 'Pod' }),
    '{}',
    'null',
    '[]',
    '{"apiVersion":',
  ])('rejects %s and names both supported versions', (text) => {
    const error = catchTpksError(() => parseCredentialRequest(text));
    expect(error).toMatchObject({ kind: 'usage' });
    expect(error.message).toContain('client.authentication.k8s.io/v1 and');
    expect(error.message).toContain('client.authentication.k8s.io/v1beta1');
  });
});

test('formatExecCredential prints one line, with the time in whole seconds', () => {
  const text = formatExecCredential('client.authentication.k8s.io/v1', {
    idToken: new Secret('id-1'),
    renewAt: new Date('2026-11-25T10:09:00.999Z'),
    expiresAt: new Date('2026-11-25T10:10:00Z'),
  });
  expect(text).toMatch(/^[^\n]+\n$/);
  expect(JSON.parse(text)).toEqual({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'id-1', expirationTimestamp: '2026-11-25T10:09:00Z' },
  });
});

const name = 'alana@api.example.com';

test('with a fresh token, the plugin reads the keychain and the settings once', () =>
  withFolder(async (folder) => {
    const keys = new Map<string, string>();
    const reads: string[] = [];
    const keychain = {
      isShared: true,
      read: async (account: string) => {
        reads.push(account);
        return keys.get(account);
      },
      write: async (account: string, key: string) => void keys.set(account, key),
      remove: async (account: string) => keys.delete(account),
      probe: async () => undefined,
    };
    const { file, counts } = countSettingsAccess(fakeSettings());
    const clock = fixedClock();
    const noRequest = () => Promise.reject(new Error('a request was sent'));
    const sessions = createKubernetesSessions({
      settings: file,
      sessionStore: async (context) => createSessionStore({ context, directory: folder, keychain }),
      withLock: (_name, work) => work(),
      grants: () => ({ refresh: noRequest }),
      clock,
      warn: () => undefined,
    });
    const issuedAt = clock.now();
    const iat = issuedAt.getTime() / 1000;
    await sessions.save(
      { ...aKubernetesSession({ store: 'keychain' }), name },
      withSecrets<Token>({
        accessToken: 'access',
        idToken: jwt({ iat, exp: iat + 600 }),
        scope: 'openid',
        lifetimeSeconds: 600,
        issuedAt,
        clockOffsetSeconds: 0,
      }),
    );
    reads.length = 0;
    counts.reads = 0;
    const deps = {
      info: execInfo(),
      sessions,
      logIn: noRequest,
      terminal: recordedTerminal(),
      interruptClient: () => undefined,
    };
    expect(JSON.parse(await createClusterCredential(name, {}, deps))).toMatchObject({
      kind: 'ExecCredential',
    });
    expect({ reads, settings: counts.reads }).toEqual({
      reads: [expect.stringMatching(new RegExp(`^kubernetes:${name} [0-9a-f]{16}$`))],
      settings: 1,
    });
  }));
