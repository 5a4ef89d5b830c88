import { describe, expect, test } from '@jest/globals';
import { runAsAdmin as run } from '../run-uaa-command.js';

const pksCli = {
  client_id: 'pks_cli',
  scope: ['openid', 'pks.clusters.manage'],
  authorized_grant_types: ['password', 'refresh_token'],
  redirect_uri: ['tpks://callback'],
  autoapprove: ['true'],
  access_token_validity: 600,
  authorities: ['uaa.none'],
  name: 'The CLI',
  lastModified: Date.parse('2026-11-25T01:02:03.456Z'),
};
const minimalClient = { client_id: 'bare', authorized_grant_types: ['client_credentials'] };
const grants = ['--authorized_grant_types', 'client_credentials'];

describe('uaa clients', () => {
  const responses = {
    'GET /oauth/clients': { resources: [pksCli, minimalClient], totalResults: 2 },
  };

  test('lists clients with the main columns', async () => {
    const { terminal } = await run(['clients'], responses);
    expect(terminal.lines).toEqual([
      'Client ID  Name     Grant types             Access token  Last modified',
      'pks_cli    The CLI  password,refresh_token  600 s         2026-11-25T01:02:03Z',
      'bare                client_credentials      default',
    ]);
    expect(terminal.json).toEqual([[pksCli, minimalClient]]);
  });

  test('selects the requested fields itself, because the UAA leaves most of them empty', async () => {
    const { terminal } = await run(['clients', '-a', 'client_id,scope,LASTMODIFIED'], responses);
    expect(terminal.lines).toEqual([
      'client_id  scope                       lastModified',
      'pks_cli    openid,pks.clusters.manage  2026-11-25T01:02:03Z',
      'bare',
    ]);
    expect(terminal.json).toEqual([
      [
        { client_id: 'pks_cli', scope: pksCli.scope, lastModified: pksCli.lastModified },
        { client_id: 'bare', scope: null, lastModified: null },
      ],
    ]);
  });
});

describe('uaa client get', () => {
  test('shows a client as YAML with readable times, and unchanged as JSON', async () => {
    const { terminal } = await run(
      ['client', 'get'],
      { 'GET /oauth/clients/pks_cli': pksCli },
      {
        terminalInput: { 'Client ID: ': 'pks_cli' },
      },
    );
    expect(terminal.lines).toContain('access_token_validity: 600');
    expect(terminal.lines.at(-1)).toBe('lastModified: 2026-11-25T01:02:03Z');
    expect(terminal.json).toEqual([pksCli]);
  });
});

describe('uaa client add', () => {
  const responses = { 'POST /oauth/clients': minimalClient };

  test('prompts for missing values, and twice for the secret', async () => {
    const { terminal, requests } = await run(['client', 'add'], responses, {
      terminalInput: {
        'Client ID: ': 'robot',
        'authorized_grant_types (list): ': ' client_credentials, ',
        'New client secret: ': 'S',
        'Verify new client secret: ': 'S',
      },
    });
    expect(terminal.prompts).toHaveLength(4);
    expect(requests).toEqual([
      [
        'POST /oauth/clients',
        {
          client_id: 'robot',
          client_secret: 'S',
          name: 'robot',
          authorized_grant_types: ['client_credentials'],
        },
      ],
    ]);
    expect(terminal.warnings).toEqual([]);
  });

  test('generates a random secret and shows it once', async () => {
    const words = ['client', 'add', 'robot', ...grants, '--generate-secret'];
    const { terminal, requests } = await run(words, responses);
    const { client_secret: secret } = requests[0]?.[1] as { client_secret: string };
    expect(terminal.json).toEqual([{ ...minimalClient, client_secret: secret }]);
    expect(terminal.lines.at(-1)).toBe(`client_secret: ${secret}`);
    expect(terminal.notes).toEqual(['Store the secret safely: it cannot be shown again']);
  });

  test('reads the secret from stdin or the environment without a warning', async () => {
    const fromStdin = await run(
      ['client', 'add', 'robot', ...grants, '--secret-file', '-'],
      responses,
      {
        stdin: 'S\n',
      },
    );
    const fromEnvironment = await run(['client', 'add', 'robot', ...grants], responses, {
      env: { TPKS_NEW_SECRET: 'S', TPKS_CLIENT_SECRET: 'own-secret' },
    });
    for (const { requests, terminal } of [fromStdin, fromEnvironment]) {
      expect(requests[0]?.[1]).toMatchObject({ client_secret: 'S' });
      expect([terminal.warnings, terminal.prompts]).toEqual([[], []]);
    }
  });

  test('warns about a secret on the command line, but not about an empty one', async () => {
    const { terminal } = await run(['client', 'add', 'robot', ...grants, '-s', 'S'], responses);
    expect(terminal.warnings).toHaveLength(1);
    const empty = await run(['client', 'add', 'robot', ...grants, '-s', ''], responses);
    expect(empty.requests[0]?.[1]).toMatchObject({ client_secret: '' });
    expect(empty.terminal.warnings).toEqual([]);
  });

  test.each([
    [
      { 'New client secret: ': 'S', 'Verify new client secret: ': 's' },
      'The secrets do not match: no client was created',
    ],
    [{ 'New client secret: ': '' }, 'The new client secret is empty: no client was created'],
  ])('creates no client for the input %j', async (terminalInput, message) => {
    const requests: [string, unknown?][] = [];
    await expect(
      run(['client', 'add', 'robot', ...grants], responses, { terminalInput }, requests),
    ).rejects.toMatchObject({ kind: 'usage', message });
    expect(requests).toEqual([]);
  });

  test('does not change an existing client with --if-missing, and does not prompt for a secret', async () => {
    const { terminal } = await run(['client', 'add', 'bare', ...grants, '--if-missing'], {
      'GET /oauth/clients/bare': minimalClient,
    });
    expect(terminal.notes).toEqual(['No changes: client bare already exists']);
    expect(terminal.json).toEqual([minimalClient]);
  });

  test('creates a missing client with --if-missing', async () => {
    const { terminal, requests } = await run(
      ['client', 'add', 'bare', ...grants, '-s', 'S', '--if-missing'],
      { ...responses, 'GET /oauth/clients/bare': 404 },
    );
    expect(requests.map(([line]) => line)).toEqual([
      'GET /oauth/clients/bare',
      'POST /oauth/clients',
    ]);
    expect(terminal.notes).toEqual([]);
  });

  test('warns about values that the UAA did not store', async () => {
    const { terminal } = await run(
      ['client', 'add', 'bare', ...grants, '-s', '', '--autoapprove', 'x,y.*', '--scope', 'a'],
      { 'POST /oauth/clients': { ...minimalClient, autoapprove: [], scope: ['a'] } },
    );
    expect(terminal.warnings).toEqual([
      'the UAA did not store these entries of autoapprove, because they are not scopes of the client: x',
    ]);
  });
});

describe('uaa client add and update with -i', () => {
  const prompts = {
    'name [The CLI]: ': '',
    'authorized_grant_types (list) [password refresh_token]: ': ' ',
    'authorities (list) [uaa.none]: ': 'a,b',
    'access_token_validity [600]: ': '1200',
    'refresh_token_validity: ': '',
    'redirect_uri (list) [tpks://callback]: ': '-',
    'autoapprove (list) [true]: ': 'openid',
    'allowpublic: ': '',
    'allowedproviders (list): ': 'all',
    'signup_redirect_url: ': '',
    'required_user_groups (list): ': '',
  };

  test('prompts for every attribute that is not an option, with its current value', async () => {
    const { terminal, requests } = await run(
      ['client', 'update', 'pks_cli', '-i', '--scope', 'openid'],
      {
        'GET /oauth/clients/pks_cli': pksCli,
        'POST /oauth/clients/tx/modify': [],
      },
      { terminalInput: prompts },
    );
    expect(terminal.prompts).toEqual(Object.keys(prompts));
    expect(requests[2]?.[1]).toEqual([
      {
        client_id: 'pks_cli',
        name: 'The CLI',
        scope: ['openid'],
        authorized_grant_types: ['password', 'refresh_token'],
        authorities: ['a', 'b'],
        access_token_validity: 1200,
        autoapprove: ['openid'],
        action: 'update',
      },
    ]);
  });

  test('explains an invalid value and prompts again', async () => {
    let attempts = 0;
    const terminalInput = {
      ...Object.fromEntries(Object.keys(prompts).map((prompt) => [prompt, ''])),
      get 'access_token_validity [600]: '() {
        attempts += 1;
        return attempts === 1 ? 'ten minutes' : '700';
      },
    };
    const { terminal, requests } = await run(
      ['client', 'update', 'pks_cli', '-i', '--scope', 'openid,pks.clusters.manage'],
      { 'GET /oauth/clients/pks_cli': pksCli, 'PUT /oauth/clients/pks_cli': pksCli },
      { terminalInput },
    );
    expect(terminal.notes).toContainEqual(
      expect.stringMatching(
        /^Invalid value for access_token_validity: ten minutes \(expected a whole number from 0 to \d+\)$/,
      ),
    );
    expect(requests[1]?.[1]).toEqual({ client_id: 'pks_cli', access_token_validity: 700 });
  });

  test('prompts for a secret again if the two inputs differ', async () => {
    let attempts = 0;
    const terminalInput = {
      'New client secret: ': 'S',
      get 'Verify new client secret: '() {
        attempts += 1;
        return attempts === 1 ? 'typo' : 'S';
      },
    };
    const { terminal, requests } = await run(
      ['client', 'add', 'robot', '--authorized_grant_types', 'client_credentials'],
      { 'POST /oauth/clients': pksCli },
      { terminalInput },
    );
    expect(terminal.notes).toEqual(['The secrets do not match, try again']);
    expect(requests[0]?.[1]).toMatchObject({ client_secret: 'S' });
  });
});

describe('uaa client update', () => {
  const responses = { 'GET /oauth/clients/pks_cli': pksCli };

  test('sends no update if nothing would change', async () => {
    const { terminal, requests } = await run(
      [
        'client',
        'update',
        'pks_cli',
        '--scope',
        'pks.clusters.manage,openid',
        '--autoapprove',
        'true',
      ],
      responses,
    );
    expect(requests).toHaveLength(1);
    expect(terminal.notes).toEqual(['No changes: the client pks_cli already has these values']);
    expect(terminal.json).toEqual([pksCli]);
  });

  test.each(['authorized_grant_types', 'client_id', 'client_secret', 'scopes'])(
    'does not remove %s',
    async (name) => {
      await expect(
        run(['client', 'update', 'pks_cli', '--del_attrs', name], responses),
      ).rejects.toMatchObject({ kind: 'usage', message: `${name} cannot be removed` });
    },
  );
});

describe('uaa client delete', () => {
  test('prints the message of uaac, and the client as JSON', async () => {
    const { terminal } = await run(['client', 'delete', 'bare'], {
      'DELETE /oauth/clients/bare': minimalClient,
    });
    expect(terminal.lines).toEqual(['client registration deleted']);
    expect(terminal.json).toEqual([minimalClient]);
  });
});
