import { describe, expect, test } from '@jest/globals';
import {
  identityNote,
  prepareCommand,
  runAsAdmin,
  uaa,
  type Responses,
  type Setup,
} from './run-uaa-command.js';

const list = (resource: object) => ({ resources: [resource], startIndex: 1, totalResults: 1 });
const erin = { id: 'e-1', userName: 'erin', origin: 'ldap' };
const team = { id: 'g-1', displayName: 'team' };
const mapping = { groupId: 'g-1', displayName: 'team', externalGroup: 'cn=dev', origin: 'ldap' };
const mappingPath = '/Groups/External/groupId/g-1/externalGroup/cn%3Ddev/origin/ldap';

interface Deletion {
  readonly words: readonly string[];
  readonly responses: Responses;
  readonly action: string;
  /** The change, e.g. `DELETE /Users/e-1`. */
  readonly request: string;
  readonly body?: unknown;
}

const erinDeletion: Omit<Deletion, 'words'> = {
  responses: { 'GET /Users': list(erin), 'DELETE /Users/e-1': erin },
  action: 'delete user erin (origin ldap, id e-1)',
  request: 'DELETE /Users/e-1',
};
const teamDeletion: Omit<Deletion, 'words' | 'responses'> = {
  action: 'delete group team (id g-1)',
  request: 'DELETE /Groups/g-1',
};

const deletions: readonly (readonly [name: string, deletion: Deletion])[] = [
  ['user delete', { words: ['user', 'delete', 'erin'], ...erinDeletion }],
  ['user delete --id', { words: ['user', 'delete', '--id', 'e-1'], ...erinDeletion }],
  [
    'group delete',
    {
      words: ['group', 'delete', 'team'],
      responses: { 'GET /Groups': list(team), 'DELETE /Groups/g-1': team },
      ...teamDeletion,
    },
  ],
  [
    'group delete --id',
    {
      words: ['group', 'delete', '--id', 'g-1'],
      responses: { 'GET /Groups/g-1': team, 'DELETE /Groups/g-1': team },
      ...teamDeletion,
    },
  ],
  [
    'client delete',
    {
      words: ['client', 'delete', 'ci'],
      responses: {
        'GET /oauth/clients/ci': { client_id: 'ci' },
        'DELETE /oauth/clients/ci': { client_id: 'ci' },
      },
      action: 'delete client ci',
      request: 'DELETE /oauth/clients/ci',
    },
  ],
  [
    'secret delete',
    {
      words: ['secret', 'delete', 'ci'],
      responses: { 'PUT /oauth/clients/ci/secret': { status: 'ok', message: 'deleted' } },
      action: 'delete the older secret of client ci',
      request: 'PUT /oauth/clients/ci/secret',
      body: { changeMode: 'DELETE' },
    },
  ],
  [
    'client jwt delete',
    {
      words: ['client', 'jwt', 'delete', 'ci'],
      responses: { 'PUT /oauth/clients/ci/clientjwt': { status: 'ok', message: 'deleted' } },
      action: 'remove all trusted keys from client ci',
      request: 'PUT /oauth/clients/ci/clientjwt',
      body: { client_id: 'ci', jwks_uri: '*', changeMode: 'DELETE' },
    },
  ],
  [
    'client jwt delete --kid',
    {
      words: ['client', 'jwt', 'delete', 'ci', '--kid', 'key-1'],
      responses: { 'PUT /oauth/clients/ci/clientjwt': { status: 'ok', message: 'deleted' } },
      action: 'remove the trusted key key-1 from client ci',
      request: 'PUT /oauth/clients/ci/clientjwt',
      body: { client_id: 'ci', kid: 'key-1', changeMode: 'DELETE' },
    },
  ],
  [
    'member delete',
    {
      words: ['member', 'delete', 'team', 'erin'],
      responses: {
        'GET /Groups': list(team),
        'GET /Users': list(erin),
        'DELETE /Groups/g-1/members/e-1': { value: 'e-1' },
      },
      action: 'remove erin from group team',
      request: 'DELETE /Groups/g-1/members/e-1',
    },
  ],
  [
    'token revoke --client',
    {
      words: ['token', 'revoke', '--client', 'ci'],
      responses: { 'GET /oauth/token/revoke/client/ci': {} },
      action: 'revoke all tokens of client ci',
      request: 'GET /oauth/token/revoke/client/ci',
    },
  ],
  [
    'group unmap',
    {
      words: ['group', 'unmap', 'team', 'cn=dev'],
      responses: { 'GET /Groups': list(team), [`DELETE ${mappingPath}`]: mapping },
      action: 'remove the mapping of cn=dev (origin ldap) to group team',
      request: `DELETE ${mappingPath}`,
    },
  ],
];

/** The UAA also revokes tokens on a GET request. */
const isWrite = ([line]: readonly [string, unknown?]) =>
  !/^GET (?!\/oauth\/token\/revoke)/.test(line);

describe.each(deletions)('uaa %s', (_name, { words, responses, action, request, body }) => {
  const question = `Are you sure you want to ${action}? (y/n): `;
  const changesOf = async (options: readonly string[], setup: Setup) => {
    const { requests, terminal } = await runAsAdmin([...words, ...options], responses, setup);
    return { changes: requests.filter(isWrite).map(([line]) => line), terminal };
  };

  test('on a terminal, names the UAA and the identity, asks for confirmation and deletes', async () => {
    const terminalInput = { [question]: 'y' };
    const { changes, terminal } = await changesOf([], { terminalInput });
    expect(terminal.notes).toEqual([identityNote]);
    expect(terminal.prompts).toEqual([question]);
    expect(changes).toEqual([request]);
  });

  test('deletes nothing if the user does not confirm', async () => {
    const { changes, terminal } = await changesOf([], { terminalInput: { [question]: 'n' } });
    expect(terminal.notes).toEqual([identityNote, 'Cancelled']);
    expect(terminal.lines).toEqual([]);
    expect(terminal.json).toEqual([{ deleted: false }]);
    expect(changes).toEqual([]);
  });

  test.each<readonly [string, readonly string[], Setup]>([
    ['without a terminal', [], {}],
    ['with --yes', ['--yes'], { yes: true, terminalInput: { unused: '' } }],
    ['through a link named uaac', [], { terminalInput: { unused: '' }, programName: 'uaac' }],
  ])('does not prompt %s', async (_condition, options, setup) => {
    const { changes, terminal } = await changesOf(options, setup);
    expect(terminal.prompts).toEqual([]);
    expect(terminal.notes).toEqual([]);
    expect(changes).toEqual([request]);
  });

  test('with --dry-run, shows the object and the request, and sends only reads', async () => {
    const { changes, terminal } = await changesOf(['--dry-run'], { terminalInput: { unused: '' } });
    const [method = '', path = ''] = request.split(' ');
    expect(terminal.notes).toEqual([`This would ${action}`, 'Dry run: nothing was sent']);
    expect(terminal.prompts).toEqual([]);
    expect(terminal.lines[0]).toBe(`${method} ${uaa}${path}`);
    expect(terminal.json).toEqual([{ method, url: `${uaa}${path}`, body: body ?? null }]);
    expect(changes).toEqual([]);
  });
});

test('a token that allows deleting but not reading is sufficient', async () => {
  const question = 'Are you sure you want to delete client ci? (y/n): ';
  const responses = {
    'GET /oauth/clients/ci': 403,
    'DELETE /oauth/clients/ci': { client_id: 'ci' },
  };
  const setup = { terminalInput: { [question]: 'y' } };
  const { terminal } = await runAsAdmin(['client', 'delete', 'ci'], responses, setup);
  expect(terminal.lines).toEqual(['client registration deleted']);
});

test('an object that does not exist is reported before the prompt, with the command that lists objects', async () => {
  const command = prepareCommand(
    { 'GET /oauth/clients/ci': 404 },
    { terminalInput: { unused: '' } },
  );
  await expect(command.run(['client', 'delete', 'ci'])).rejects.toMatchObject({
    message: 'Client ci not found',
    hint: 'tpks uaa clients',
  });
  expect(command.terminal.prompts).toEqual([]);
  await command.run(['client', 'delete', 'ci', '--if-exists']);
  expect(command.terminal.notes).toEqual(['No changes: Client ci not found']);
});

test('secret delete --dry-run does not print the current secret', async () => {
  const words = ['secret', 'delete', 'ci', '--old_secret', 'old-s3cret-value', '--dry-run'];
  const { terminal } = await runAsAdmin(words, {});
  expect(JSON.stringify(terminal.json)).toContain('oldSecret');
  expect(JSON.stringify([terminal.json, terminal.lines])).not.toContain('old-s3cret-value');
});

test('token revoke --dry-run does not print the token', async () => {
  const words = ['token', 'revoke', 'opaque-t0ken-value', '--dry-run'];
  const { terminal, requests } = await runAsAdmin(words, {});
  expect(terminal.json).toMatchObject([{ method: 'DELETE', body: null }]);
  expect(JSON.stringify([terminal.json, terminal.lines])).not.toContain('opaque-t0ken-value');
  expect(requests).toEqual([]);
});

describe('uaa member delete --dry-run with several users', () => {
  const responses = {
    'GET /Groups': { totalResults: 1, resources: [{ id: 'g-1', displayName: 'team' }] },
    'GET /Users': {
      totalResults: 2,
      resources: [
        { id: 'u-1', userName: 'cody', origin: 'uaa' },
        { id: 'u-2', userName: 'dana', origin: 'uaa' },
      ],
    },
  };
  const deleteRequest = (id: string) => ({
    method: 'DELETE',
    url: `${uaa}/Groups/g-1/members/${id}`,
    body: null,
  });

  test('shows the request for each user', async () => {
    const words = ['member', 'delete', 'team', 'cody', 'dana', '--dry-run'];
    const { terminal } = await runAsAdmin(words, responses);
    expect(terminal.notes).toEqual([
      'This would remove cody, dana from group team',
      'Dry run: nothing was sent',
    ]);
    expect(terminal.lines).toEqual([
      `DELETE ${uaa}/Groups/g-1/members/u-1`,
      `DELETE ${uaa}/Groups/g-1/members/u-2`,
    ]);
    expect(terminal.json).toEqual([[deleteRequest('u-1'), deleteRequest('u-2')]]);
  });
});
