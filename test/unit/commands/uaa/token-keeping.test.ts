import { describe, expect, test } from '@jest/globals';
import type { Context } from '../../../../src/contexts/context.js';
import type { LogoutResult } from '../../../../src/auth/logouts.js';
import type { StoredSession } from '../../../../src/auth/session-file.js';
import { deleteTokens } from '../../../../src/commands/uaa/token/delete.js';
import { listTokens } from '../../../../src/commands/uaa/token/list.js';
import { revokeTokens } from '../../../../src/commands/uaa/token/revoke.js';
import type { Settings } from '../../../../src/config/settings.js';
import { TpksError } from '../../../../src/errors.js';
import type { Services } from '../../../../src/services.js';
import {
  createTokenRecords,
  type TokenRecord,
  type TokenRecords,
} from '../../../../src/uaa/tokens/token-records.js';
import { createUsers, type Users } from '../../../../src/uaa/users.js';
import { fakeResources } from '../../../support/fake-resources.js';
import { fakeSettings } from '../../../support/fake-settings.js';
import { fixedClock } from '../../../support/fixed-clock.js';
import { jwt } from '../../../support/jwt.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';
import {
  aClientContext,
  aSession,
  aUserContext,
  adminSettings,
  codySettings,
} from '../../../support/fixtures.js';
import { withSecrets, type Plain } from '../../../support/plain-tokens.js';

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
  readonly stuck?: readonly string[];
  readonly stdin?: string;
}

type Deps = Pick<
  Services,
  'terminal' | 'clock' | 'settings' | 'logouts' | 'uaaContext' | 'session' | 'uaaResource'
>;

function machine(setup: Setup = {}) {
  const { context = cody, session = {}, revoked = [], problems = [], stuck = [] } = setup;
  const terminal = recordedTerminal({}, setup.stdin);
  const file = fakeSettings(setup.settings);
  const did: string[] = [];
  const result = (name: string) => ({ name, removed: true, revoked, problems });
  const users: Pick<Users, 'findId'> = {
    findId: async (key) => ('id' in key ? key.id : `id of ${key.name} ${key.origin ?? ''}`.trim()),
  };
  const records: TokenRecords = {
    list: async (owner) => {
      did.push(`list ${JSON.stringify(owner)}`);
      return [record, { ...record, tokenId: '2d1c0e-r', clientId: 'app' }];
    },
    revokeAll: async (owner) => void did.push(`revoke ${JSON.stringify(owner)}`),
    revoke: async (id) => void did.push(`revoke ${id.reveal()}`),
  };
  const deps: Deps = {
    terminal,
    clock: fixedClock(),
    settings: async () => file,
    uaaContext: async () => context,
    session: async () => ({
      readStored: async () => withSecrets<StoredSession>({ ...aSession(), ...session }),
      accessToken: () => Promise.reject(new Error('not used')),
    }),
    logouts: async () => ({
      logout: async (name) => {
        did.push(`logout ${name}`);
        return result(name);
      },
      removeLocally: async (name) => {
        if (stuck.includes(name)) throw new TpksError('keychain', 'locked');
        did.push(`drop ${name}`);
        return result(name);
      },
      removeOrphanedFiles: async () => {},
      removeContext: async (name) => {
        did.push(`forget ${name}`);
        await file.update(({ contexts, ...rest }) => ({
          ...rest,
          contexts: Object.fromEntries(Object.entries(contexts).filter(([key]) => key !== name)),
        }));
      },
    }),
    uaaResource: fakeResources([
      [createUsers, users],
      [createTokenRecords, records],
    ]),
  };
  return { deps, did, terminal, file };
}

const contexts = {
  'cody@a': codySettings,
  'admin@a': adminSettings,
  'cody@b': { ...codySettings, uaa: 'https://b.example.com:8443' },
};

describe('uaa token delete', () => {
  test('takes the current context where none is named, and asks no UAA', async () => {
    const { deps, did, file, terminal } = machine({ settings: { contexts, current: 'cody@a' } });
    await deleteTokens({ contexts: [] }, deps);
    expect(did).toEqual(['drop cody@a', 'forget cody@a']);
    expect(Object.keys(file.current().contexts)).toEqual(['admin@a', 'cody@b']);
    expect(terminal.lines).toEqual(['cody@a: token deleted']);
    expect(terminal.json).toEqual([
      [{ context: 'cody@a', deleted: true, message: 'token deleted' }],
    ]);
  });

  test('--all keeps the targets, and the one that was chosen', async () => {
    const { deps, file } = machine({ settings: { contexts, current: 'cody@b' } });
    await deleteTokens({ contexts: [], all: true }, deps);
    const { contexts: left, targets, uaaTarget } = file.current();
    expect(left).toEqual({});
    expect(targets.map(({ uaa }) => uaa)).toEqual([
      'https://api.example.com:8443',
      'https://b.example.com:8443',
    ]);
    expect(uaaTarget).toBe('https://b.example.com:8443');
  });

  test('numbers mean what they meant when they were typed', async () => {
    const { deps, did } = machine({ settings: { contexts } });
    await deleteTokens({ contexts: ['0', '1', 'cody@a'] }, deps);
    expect(did.filter((what) => what.startsWith('drop'))).toEqual(['drop cody@a', 'drop admin@a']);
  });

  test('goes on after an unknown name, and fails in the end', async () => {
    const { deps, did, terminal } = machine({ settings: { contexts } });
    await expect(deleteTokens({ contexts: ['nosuch', 'admin@a'] }, deps)).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Context nosuch not found',
    });
    expect(did).toEqual(['drop admin@a', 'forget admin@a']);
    expect(terminal.lines).toEqual(['nosuch: Context nosuch not found', 'admin@a: token deleted']);
  });

  test('--if-exists takes an unknown name for done', async () => {
    const { deps, terminal } = machine({ settings: { contexts } });
    await deleteTokens({ contexts: ['nosuch'], ifExists: true }, deps);
    expect(terminal.lines).toEqual(['nosuch: Context nosuch not found']);
  });

  test('keeps a context whose session is still there', async () => {
    const { deps, file } = machine({ settings: { contexts }, stuck: ['cody@a'] });
    await expect(deleteTokens({ contexts: ['cody@a', 'admin@a'] }, deps)).rejects.toMatchObject({
      kind: 'keychain',
    });
    expect(Object.keys(file.current().contexts)).toEqual(['cody@a', 'cody@b']);
  });

  test('says how many failed', async () => {
    const { deps } = machine({ settings: { contexts } });
    await expect(deleteTokens({ contexts: ['x', 'y', 'cody@a'] }, deps)).rejects.toMatchObject({
      kind: 'failed',
      message: 'Failed to delete 2 of 3 contexts',
    });
  });

  test.each([
    [{ contexts: [] }, 'notFound'],
    [{ contexts: ['cody@a'], all: true as const }, 'usage'],
  ])('%j is refused', async (input, kind) => {
    const { deps, did } = machine();
    await expect(deleteTokens(input, deps)).rejects.toMatchObject({ kind });
    expect(did).toEqual([]);
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
  ])('of %s', async (_whose, flags, setup, owner) => {
    const { deps, did } = machine(setup);
    await listTokens(flags, deps);
    expect(did).toEqual([`list ${owner}`]);
  });

  test('shows no token on a screen, and all of them in JSON', async () => {
    const { deps, terminal } = machine();
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

  test('of a user through one client is cut to that', async () => {
    const { deps, terminal, did } = machine();
    await listTokens({ user: 'erin', client: 'app' }, deps);
    expect(did).toEqual(['list {"userId":"id of erin"}']);
    expect(terminal.json).toMatchObject([[{ clientId: 'app' }]]);
  });

  test('wants to be told whose where no token tells', async () => {
    const { deps } = machine({ session: { accessToken: 'opaque' } });
    await expect(listTokens({}, deps)).rejects.toMatchObject({
      hint: 'use --user cody',
    });
  });

  test('an origin without a user means nothing', async () => {
    const { deps } = machine();
    await expect(listTokens({ origin: 'ldap' }, deps)).rejects.toMatchObject({ kind: 'usage' });
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
  ])('all of %s', async (_whose, input, owner, text) => {
    const { deps, did, terminal } = machine();
    await revokeTokens(input, deps);
    expect(did).toEqual([`revoke ${owner}`]);
    expect(terminal.lines).toEqual([text]);
  });

  test('one by its id, on stdin or with a warning', async () => {
    const piped = machine({ stdin: '2d1c0e-r\n' });
    await revokeTokens({ id: '-' }, piped.deps);
    expect(piped.did).toEqual(['revoke 2d1c0e-r']);
    expect(piped.terminal.warnings).toEqual([]);
    const typed = machine();
    await revokeTokens({ id: '2d1c0e-r' }, typed.deps);
    expect(typed.terminal.warnings).toHaveLength(1);
  });

  test('those of the context, with its session', async () => {
    const { deps, did, terminal } = machine({
      session: { accessToken: 'opaque', refreshToken: 'opaque-r' },
      revoked: ['refresh token', 'access token'],
    });
    await revokeTokens({}, deps);
    expect(did).toEqual(['logout cody@a']);
    expect(terminal.lines).toEqual(['Revoked the refresh token and access token of cody@a']);
  });

  test('tokens that the UAA has no record of are not touched here either', async () => {
    const session = { accessToken: jwt({ jti: 'a' }), refreshToken: jwt({ jti: 'a-r' }) };
    const { deps, did } = machine({ session });
    await expect(revokeTokens({}, deps)).rejects.toMatchObject({
      kind: 'failed',
      hint: expect.stringContaining('tpks uaa token revoke --user cody'),
    });
    expect(did).toEqual([]);
    const ofClient = machine({ session, context: admin });
    await expect(revokeTokens({}, ofClient.deps)).rejects.toMatchObject({
      hint: expect.stringContaining('--client admin'),
    });
  });

  test('what the UAA did not do is told', async () => {
    const { deps, terminal } = machine({
      session: { accessToken: 'opaque' },
      problems: ['the UAA did not revoke the access token (HTTP 403)'],
    });
    await expect(revokeTokens({}, deps)).rejects.toMatchObject({ kind: 'failed' });
    expect(terminal.notes).toEqual(['cody@a: the UAA did not revoke the access token (HTTP 403)']);
  });

  test('one and all at once is a contradiction', async () => {
    const { deps, did } = machine();
    await expect(revokeTokens({ id: 'x', client: 'app' }, deps)).rejects.toMatchObject({
      kind: 'usage',
    });
    expect(did).toEqual([]);
  });
});
