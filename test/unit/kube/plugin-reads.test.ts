import { expect, test } from '@jest/globals';
import { createSessionStore } from '../../../src/auth/session-file.js';
import type { Token } from '../../../src/auth/token.js';
import { createClusterCredential } from '../../../src/kube/cluster-credentials.js';
import { createKubernetesSessions } from '../../../src/kube/sessions.js';
import {
  aKubernetesSession,
  countSettingsAccess,
} from '../../support/fakes/fake-kubernetes-sessions.js';
import { fakeSettings } from '../../support/fakes/fake-settings.js';
import { fixedClock } from '../../support/fakes/fixed-clock.js';
import { jwt } from '../../support/fixtures/jwt.js';
import { execInfo } from '../../support/fixtures/kubernetes-session.js';
import { withSecrets } from '../../support/checks/plain-tokens.js';
import { recordedTerminal } from '../../support/fakes/recorded-terminal.js';
import { withFolder } from '../../support/runner/temporary-folder.js';

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
      grants: noRequest,
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
