import { describe, expect, test } from '@jest/globals';
import { SessionFiles } from '../../../../src/domain/auth/session-files.js';
import type { Token } from '../../../../src/domain/auth/token.js';
import {
  parseCredentialRequest,
  createClusterCredential,
} from '../../../../src/domain/kube/cluster-credentials.js';
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
import { jwt } from '../../../support/fixtures/jwt.js';
import { execInfo } from '../../../support/fixtures/kubernetes-session.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

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
      sessions: new SessionFiles({
        directory: folder,
        keychains: { keychain, file: keychain },
        withLockFile: (_path, work) => work(),
      }),
      grants: () => ({ refresh: noRequest }),
      clock,
      hasOriginalTexts: false,
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
