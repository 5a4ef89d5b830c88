import { describe, expect, test } from '@jest/globals';
import {
  createTokenRecords,
  type TokenRecord,
  type TokenRecords,
} from '../../../../../src/api/uaa/token-records.js';
import { createUsers, type Users } from '../../../../../src/api/uaa/users.js';
import type { Services } from '../../../../../src/app/services.js';
import { TpksError } from '../../../../../src/base/errors.js';
import { findLink } from '../../../../../src/base/link.js';
import { deleteTokens } from '../../../../../src/commands/uaa/token/delete.js';
import { listTokens, revokeTokens } from '../../../../../src/commands/uaa/token/records.js';
import type { LogoutResult } from '../../../../../src/domain/auth/logouts.js';
import type { StoredSession } from '../../../../../src/domain/auth/session-repository.js';
import type { Context } from '../../../../../src/domain/contexts/context.js';
import {
  findIdentities,
  findSelection,
} from '../../../../../src/domain/contexts/current-installation.js';
import type { Settings } from '../../../../../src/platform/config/settings.js';
import { withSecrets, type Plain } from '../../../../support/checks/plain-tokens.js';
import { fakeResources } from '../../../../support/fakes/fake-resources.js';
import { fakeSettings } from '../../../../support/fakes/fake-settings.js';
import { fixedClock } from '../../../../support/fakes/fixed-clock.js';
import { recordedTerminal } from '../../../../support/fakes/recorded-terminal.js';
import {
  aClientContext,
  aSession,
  aUserContext,
  adminSettings,
  codySettings,
} from '../../../../support/fixtures/contexts-and-clusters.js';
import { jwt } from '../../../../support/fixtures/jwt.js';
import { selecting } from '../../../../support/fixtures/selections.js';

const cody = aUserContext({ name: 'cody@a' });
const admin = aClientContext({ name: 'admin@a' });

const record: TokenRecord = {
  tokenId: '2d1c0e0123456789',
  clientId: 'cf',
  userId: 'u-1',
  format: 'opaque',
  responseType: 'ACCESS_TOKEN',
  issuedAt: Date.parse('2026-11-25T09:00:00Z'),
  expiresAt: Date.parse('2026-11-25T11:00:00Z'),
};

interface Setup {
  readonly settings?: Partial<Settings>;
  readonly context?: Context;
  readonly session?: Partial<Plain<StoredSession>>;
  readonly revoked?: LogoutResult['revoked'];
  readonly problems?: readonly string[];
  /** Contexts whose session cannot be removed. */
  readonly lockedContexts?: readonly string[];
  readonly stdin?: string;
  /** Whether `--yes` was given. */
  readonly yes?: boolean;
  /** What the user types, by prompt. */
  readonly terminalInput?: Readonly<Record<string, string>>;
}

type Deps = Pick<
  Services,
  | 'terminal'
  | 'options'
  | 'link'
  | 'clock'
  | 'settings'
  | 'identities'
  | 'noteUaaIdentity'
  | 'logouts'
  | 'uaaContext'
  | 'session'
  | 'uaaResource'
>;

/** Creates the dependencies of the token commands and records their steps. */
function prepareTokenCommand(setup: Setup = {}) {
  const { context = cody, session = {}, revoked = [], problems = [], lockedContexts = [] } = setup;
  const { yes = false } = setup;
  const terminal = recordedTerminal(setup.terminalInput, setup.stdin);
  const settingsStore = fakeSettings(setup.settings);
  const steps: string[] = [];
  const createResult = (name: string) => ({ name, removed: true, revoked, problems });
  const users: Pick<Users, 'findId'> = {
    findId: async (key) => ('id' in key ? key.id : `id of ${key.name} ${key.origin ?? ''}`.trim()),
  };
  const records: TokenRecords = {
    list: async (owner) => {
      steps.push(`list ${JSON.stringify(owner)}`);
      return [record, { ...record, tokenId: '2d1c0e-r', clientId: 'app' }];
    },
    revokeAll: async (owner) => void steps.push(`revoke ${JSON.stringify(owner)}`),
    revoke: async (id) => void steps.push(`revoke ${id.reveal()}`),
  };
  const deps: Deps = {
    terminal,
    options: () => ({ json: false, interactive: true, yes, color: false, trace: false }),
    link: findLink('tpks'),
    clock: fixedClock(),
    settings: settingsStore,
    identities: async () => findIdentities(settingsStore.current()),
    noteUaaIdentity: async () => terminal.note('UAA and identity'),
    uaaContext: async () => context,
    session: () => ({
      readStored: async () => withSecrets<StoredSession>({ ...aSession(), ...session }),
      accessToken: () => Promise.reject(new Error('not used')),
    }),
    logouts: {
      logout: async (name) => {
        steps.push(`logout ${name}`);
        return createResult(name);
      },
      removeLocally: async (name) => {
        if (lockedContexts.includes(name)) throw new TpksError('keychain', 'locked');
        steps.push(`remove session ${name}`);
        return createResult(name);
      },
      logoutOfPksCreds: () => Promise.reject(new Error('not used')),
      removeKubernetesSession: () => Promise.reject(new Error('not used')),
      removeOrphanedFiles: async () => {},
      removeContext: async (name) => {
        steps.push(`remove context ${name}`);
        await settingsStore.update(({ contexts, ...rest }) => ({
          ...rest,
          contexts: Object.fromEntries(Object.entries(contexts).filter(([key]) => key !== name)),
        }));
      },
    },
    uaaResource: fakeResources([
      [createUsers, users],
      [createTokenRecords, records],
    ]),
  };
  return { deps, steps, terminal, settingsStore };
}

const contexts = {
  'cody@a': codySettings,
  'admin@a': adminSettings,
  'cody@b': { ...codySettings, uaa: 'https://b.example.com:8443' },
};

describe('uaa token delete', () => {
  test('deletes the context of tpks uaa by default and sends no request', async () => {
    const { deps, steps, settingsStore, terminal } = prepareTokenCommand({
      settings: selecting({ uaa: 'cody@a' }, { contexts }),
    });
    await deleteTokens({ contexts: [] }, deps);
    expect(steps).toEqual(['remove session cody@a', 'remove context cody@a']);
    expect(Object.keys(settingsStore.current().contexts)).toEqual(['admin@a', 'cody@b']);
    expect(terminal.lines).toEqual(['cody@a: token deleted']);
    expect(terminal.json).toEqual([
      [{ context: 'cody@a', deleted: true, message: 'token deleted' }],
    ]);
  });

  test('keeps all targets and the current installation with --all', async () => {
    const { deps, settingsStore } = prepareTokenCommand({
      settings: selecting({ uaa: 'cody@b' }, { contexts }),
    });
    await deleteTokens({ contexts: [], all: true }, deps);
    const { contexts: remaining, targets } = settingsStore.current();
    expect(remaining).toEqual({});
    expect(targets.map(({ uaa }) => uaa)).toEqual([
      'https://api.example.com:8443',
      'https://b.example.com:8443',
    ]);
    expect(findSelection(settingsStore.current()).uaa).toBe('https://b.example.com:8443');
  });

  test('resolves numbers before it deletes the first context', async () => {
    const { deps, steps } = prepareTokenCommand({ settings: { contexts } });
    await deleteTokens({ contexts: ['0', '1', 'cody@a'] }, deps);
    expect(steps.filter((step) => step.startsWith('remove session'))).toEqual([
      'remove session cody@a',
      'remove session admin@a',
    ]);
  });

  test('deletes nothing for an unknown name, unless --if-exists is set', async () => {
    const { deps, steps, terminal } = prepareTokenCommand({ settings: { contexts } });
    const names = ['admin@a', 'nosuch'];
    await expect(deleteTokens({ contexts: names }, deps)).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Context nosuch not found',
    });
    expect(steps).toEqual([]);
    await deleteTokens({ contexts: names, ifExists: true }, deps);
    expect(terminal.notes).toEqual(['No changes: Context nosuch not found']);
    expect(terminal.lines).toEqual(['admin@a: token deleted']);
  });

  test.each([
    [{ contexts: [] }, 'notFound'],
    [{ contexts: ['cody@a'], all: true as const }, 'usage'],
  ])('rejects %j', async (input, kind) => {
    const { deps, steps } = prepareTokenCommand();
    await expect(deleteTokens(input, deps)).rejects.toMatchObject({ kind });
    expect(steps).toEqual([]);
  });
});

describe('confirmation', () => {
  const question = (action: string) => `Are you sure you want to ${action}? (y/n): `;
  const deletion = 'delete the tokens of cody@a, admin@a from this machine';
  const revocation = 'revoke the tokens of cody@a and delete its session';
  const session = { accessToken: 'opaque' };

  test('of uaa token delete names the contexts, but no UAA', async () => {
    const terminalInput = { [question(deletion)]: 'n' };
    const { deps, steps, terminal } = prepareTokenCommand({
      settings: { contexts },
      terminalInput,
    });
    await deleteTokens({ contexts: ['cody@a', 'admin@a'] }, deps);
    expect(terminal.notes).toEqual(['Cancelled']);
    expect(steps).toEqual([]);
  });

  test('of uaa token revoke names the UAA and the identity', async () => {
    const terminalInput = { [question(revocation)]: 'n' };
    const { deps, steps, terminal } = prepareTokenCommand({ session, terminalInput });
    await revokeTokens({}, deps);
    expect(terminal.notes).toEqual(['UAA and identity', 'Cancelled']);
    expect(steps).toEqual([]);
  });

  test('is replaced by a note with --dry-run, which changes nothing', async () => {
    const { deps, steps, terminal } = prepareTokenCommand({ settings: { contexts }, session });
    await deleteTokens({ contexts: ['cody@a', 'admin@a'], dryRun: true }, deps);
    await revokeTokens({ dryRun: true }, deps);
    expect(terminal.notes).toEqual([`This would ${deletion}`, `This would ${revocation}`]);
    expect(terminal.json).toEqual([
      [
        { context: 'cody@a', deleted: false },
        { context: 'admin@a', deleted: false },
      ],
      { context: 'cody@a', revoked: [] },
    ]);
    expect(steps).toEqual([]);
  });
});

describe('uaa token list', () => {
  test.each<[string, Parameters<typeof listTokens>[0], Setup, string]>([
    ['a user', { user: 'erin', origin: 'ldap' }, {}, '{"userId":"id of erin ldap"}'],
    ['a client', { client: 'app' }, {}, '{"clientId":"app"}'],
    ['the client of the context', {}, { context: admin }, '{"clientId":"admin"}'],
    [
      'the user of the context',
      {},
      { session: { accessToken: jwt({ user_id: 'u-7' }) } },
      '{"userId":"u-7"}',
    ],
    [
      'the user of an opaque token',
      {},
      { session: { accessToken: 'opaque', idToken: jwt({ user_id: 'u-7' }) } },
      '{"userId":"u-7"}',
    ],
  ])('requests the tokens of %s', async (_owner, flags, setup, owner) => {
    const { deps, steps } = prepareTokenCommand(setup);
    await listTokens(flags, deps);
    expect(steps).toEqual([`list ${owner}`]);
  });

  test('shortens tokens in the table and prints them in full as JSON', async () => {
    const { deps, terminal } = prepareTokenCommand();
    await listTokens({ client: 'cf' }, deps);
    expect(terminal.lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['Id', 'Kind', 'Format', 'Client', 'Issued', 'Expires'],
      [
        '2d1c0e...',
        'access',
        'opaque',
        'cf',
        '2026-11-25T09:00:00Z (1 h ago)',
        '2026-11-25T11:00:00Z (in 1 h)',
      ],
      expect.arrayContaining(['app']),
    ]);
    expect(terminal.lines.join()).not.toContain(record.tokenId);
    expect(terminal.json).toMatchObject([[{ tokenId: record.tokenId }, {}]]);
  });

  test('fails with a hint if the token does not name its owner', async () => {
    const { deps } = prepareTokenCommand({ session: { accessToken: 'opaque' } });
    await expect(listTokens({}, deps)).rejects.toMatchObject({
      hint: 'use --user cody',
    });
  });
});

describe('uaa token revoke', () => {
  test.each<[string, Parameters<typeof revokeTokens>[0], string, string]>([
    ['a user', { user: 'erin' }, '{"userId":"id of erin"}', 'Revoked the tokens of user erin'],
    ['a client', { client: 'app' }, '{"clientId":"app"}', 'Revoked the tokens of client app'],
    [
      'a user through a client',
      { user: 'erin', client: 'app' },
      '{"userId":"id of erin","clientId":"app"}',
      'Revoked the tokens of user erin through client app',
    ],
  ])('revokes all tokens of %s', async (_owner, input, owner, text) => {
    const { deps, steps, terminal } = prepareTokenCommand();
    await revokeTokens(input, deps);
    expect(steps).toEqual([`revoke ${owner}`]);
    expect(terminal.lines).toEqual([text]);
  });

  test('revokes one token by its id, from stdin or as an option with a warning', async () => {
    const piped = prepareTokenCommand({ stdin: '2d1c0e-r\n' });
    await revokeTokens({ id: '-' }, piped.deps);
    expect(piped.steps).toEqual(['revoke 2d1c0e-r']);
    expect(piped.terminal.warnings).toEqual([]);
    const withOption = prepareTokenCommand();
    await revokeTokens({ id: '2d1c0e-r' }, withOption.deps);
    expect(withOption.terminal.warnings).toHaveLength(1);
  });

  test('revokes the tokens of the current context and removes its session', async () => {
    const { deps, steps, terminal } = prepareTokenCommand({
      session: { accessToken: 'opaque', refreshToken: 'opaque-r' },
      revoked: ['refresh token', 'access token'],
    });
    await revokeTokens({}, deps);
    expect(steps).toEqual(['logout cody@a']);
    expect(terminal.lines).toEqual(['Revoked the refresh token and access token of cody@a']);
  });

  test.each([
    ['with --yes', true, { unused: '' }],
    ['without a terminal', false, {}],
  ])('names the UAA and the identity %s', async (_name, yes, terminalInput) => {
    const session = { accessToken: 'opaque' };
    const setup = { session, yes, terminalInput, revoked: ['access token'] as const };
    const { deps, terminal } = prepareTokenCommand(setup);
    await revokeTokens({}, deps);
    expect(terminal.notes).toEqual(['UAA and identity']);
  });

  test('keeps tokens that the UAA cannot revoke by id', async () => {
    const session = { accessToken: jwt({ jti: 'a' }), refreshToken: jwt({ jti: 'a-r' }) };
    const { deps, steps } = prepareTokenCommand({ session });
    await expect(revokeTokens({}, deps)).rejects.toMatchObject({
      kind: 'failed',
      hint: expect.stringContaining('tpks uaa token revoke --user cody'),
    });
    expect(steps).toEqual([]);
    const client = prepareTokenCommand({ session, context: admin });
    await expect(revokeTokens({}, client.deps)).rejects.toMatchObject({
      hint: expect.stringContaining('--client admin'),
    });
  });

  test('fails and prints what the UAA did not revoke', async () => {
    const { deps, terminal } = prepareTokenCommand({
      session: { accessToken: 'opaque' },
      problems: ['the UAA did not revoke the access token (HTTP 403)'],
    });
    await expect(revokeTokens({}, deps)).rejects.toMatchObject({ kind: 'failed' });
    expect(terminal.notes).toEqual([
      'UAA and identity',
      'cody@a: the UAA did not revoke the access token (HTTP 403)',
    ]);
  });
});
