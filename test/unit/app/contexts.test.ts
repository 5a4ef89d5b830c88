import { describe, expect, test } from '@jest/globals';
import { createContextServices } from '../../../src/app/contexts.js';
import { TpksError } from '../../../src/base/errors.js';
import { findLink, type Program } from '../../../src/base/link.js';
import { Secret } from '../../../src/base/secret.js';
import type { Settings } from '../../../src/platform/config/settings.js';
import { fakeSettings } from '../../support/fakes/fake-settings.js';
import { recordedTerminal } from '../../support/fakes/recorded-terminal.js';
import { adminSettings, codySettings } from '../../support/fixtures/contexts-and-clusters.js';
import { selecting } from '../../support/fixtures/selections.js';

const contexts = { 'cody@a': codySettings, 'admin@a': adminSettings };
const former = 'https://b.example.com:8443';
const note =
  'tpks uaa now uses api.example.com, the current installation (before: b.example.com); ' +
  `to use b.example.com for all commands: tpks uaa target ${former}`;

interface Setup {
  readonly settings?: Partial<Settings>;
  readonly program?: Program;
  readonly env?: Readonly<Record<string, string>>;
  /** Scopes of each token; an error is thrown when a session is read. */
  readonly scopes?: string | TpksError;
  /** Why the settings cannot be written. */
  readonly writeError?: TpksError;
}

/** Creates the services of one run. */
function createServices(setup: Setup = {}) {
  const { program = 'tpks', env = {}, scopes = 'pks.clusters.manage', writeError } = setup;
  const terminal = recordedTerminal();
  const file = fakeSettings({ ...setup.settings, program });
  const services = createContextServices({
    env,
    platform: 'linux',
    link: findLink(program),
    terminal,
    options: () => ({ json: false, interactive: true, color: false, trace: false }),
    settings:
      writeError === undefined ? file : { ...file, update: () => Promise.reject(writeError) },
    hasSession: () => Promise.reject(new Error('not used')),
    session: () => ({
      accessToken: () => Promise.reject(new Error('not used')),
      readStored: async () => {
        if (scopes instanceof TpksError) throw scopes;
        return {
          accessToken: new Secret('token'),
          scope: scopes,
          expiresAt: '2026-11-25T10:10:00Z',
          lifetimeSeconds: 600,
          clockOffsetSeconds: 0,
        };
      },
    }),
  });
  return { services, terminal, file };
}

describe('the first uaa command after the migration of two pointers', () => {
  const selected = selecting({ pks: 'cody@a', uaa: 'admin@a' }, { contexts });
  const settings = { ...selected, formerUaaTarget: former };

  test('prints once which installation it uses', async () => {
    const { services, terminal, file } = createServices({ settings });
    expect((await services.uaaContext()).name).toBe('admin@a');
    expect(terminal.notes).toEqual([note]);
    expect(file.current().formerUaaTarget).toBeUndefined();
    await services.reportFormerTarget();
    expect(terminal.notes).toEqual([note]);
  });

  test('prints it even if the settings cannot be written', async () => {
    const writeError = new TpksError('storage', 'read-only file system');
    const { services, terminal } = createServices({ settings, writeError });
    expect((await services.uaaContext()).name).toBe('admin@a');
    expect(terminal.notes).toEqual([note]);
  });

  test.each<[string, Setup]>([
    ['through a link', { program: 'uaac' }],
    ['if TPKS_CONTEXT names a context', { env: { TPKS_CONTEXT: 'cody@a' } }],
    ['if TPKS_UAA_URL names a UAA', { env: { TPKS_UAA_URL: adminSettings.uaa } }],
  ])('prints nothing %s', async (_name, setup) => {
    const { services, terminal, file } = createServices({ settings, ...setup });
    await services.uaaContext({ acceptsOtherRole: true });
    expect(terminal.notes).toEqual([]);
    expect(file.current().formerUaaTarget).toBe(former);
  });
});

describe('the identities of both roles', () => {
  const onlyPks = selecting({ pks: 'cody@a' }, { contexts });

  test('are one context if its token has the scopes for both roles', async () => {
    const { services } = createServices({ settings: onlyPks, scopes: 'uaa.admin' });
    expect(await services.identities()).toEqual({ pks: 'cody@a', uaa: 'cody@a' });
  });

  test.each([
    ['has no scope for it', 'pks.clusters.manage'],
    ['cannot be read', new TpksError('keychain', 'The keychain is locked')],
  ])('do not include a role if the token of the other one %s', async (_name, scopes) => {
    const { services } = createServices({ settings: onlyPks, scopes });
    expect(await services.identities()).toEqual({ pks: 'cody@a', uaa: undefined });
  });
});

test('a link named uaac uses the identity of the PKS commands without checking its scopes', async () => {
  const settings = selecting({ pks: 'cody@a' }, { contexts });
  const { services } = createServices({ settings, program: 'uaac' });
  expect((await services.uaaContext()).name).toBe('cody@a');
  await expect(createServices({ settings }).services.uaaContext()).rejects.toMatchObject({
    kind: 'unauthenticated',
  });
});
