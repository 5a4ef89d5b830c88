import { describe, expect, test } from '@jest/globals';
import { runAsAdmin as run } from '../uaa-line.js';

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
const bare = { client_id: 'bare', authorized_grant_types: ['client_credentials'] };
const grants = ['--authorized_grant_types', 'client_credentials'];

describe('uaa clients', () => {
  const answers = { 'GET /oauth/clients': { resources: [pksCli, bare], totalResults: 2 } };

  test('shows the columns people look for', async () => {
    const { terminal } = await run(['clients'], answers);
    expect(terminal.lines).toEqual([
      'Client ID  Name     Grant types             Access token  Last modified',
      'pks_cli    The CLI  password,refresh_token  600 s         2026-11-25T01:02:03Z',
      'bare                client_credentials      default',
    ]);
    expect(terminal.json).toEqual([[pksCli, bare]]);
  });

  test('shows the fields that were asked for, which the UAA itself would leave empty', async () => {
    const { terminal } = await run(['clients', '-a', 'client_id,scope,LASTMODIFIED'], answers);
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
  test('shows one client as YAML with readable times, and whole as JSON', async () => {
    const { terminal } = await run(
      ['client', 'get'],
      { 'GET /oauth/clients/pks_cli': pksCli },
      {
        typed: { 'Client ID: ': 'pks_cli' },
      },
    );
    expect(terminal.lines).toContain('access_token_validity: 600');
    expect(terminal.lines.at(-1)).toBe('lastModified: 2026-11-25T01:02:03Z');
    expect(terminal.json).toEqual([pksCli]);
  });
});

describe('uaa client add', () => {
  const answers = { 'POST /oauth/clients': bare };

  test('asks for what is missing, the secret twice', async () => {
    const { terminal, requests } = await run(['client', 'add'], answers, {
      typed: {
        'Client ID: ': 'robot',
        'authorized_grant_types (list): ': ' client_credentials, ',
        'New client secret: ': 'S',
        'Verify new client secret: ': 'S',
      },
    });
    expect(terminal.asked).toHaveLength(4);
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

  test('makes a secret that nobody can guess, and shows it once', async () => {
    const { terminal, requests } = await run(
      ['client', 'add', 'robot', ...grants, '--generate-secret'],
      answers,
    );
    const [[, body] = []] = requests;
    const { client_secret: secret } = body as { client_secret: string };
    expect(secret).toMatch(/^[A-Za-z][\w-]{42}$/);
    expect(terminal.json).toEqual([{ ...bare, client_secret: secret }]);
    expect(terminal.lines.at(-1)).toBe(`client_secret: ${secret}`);
    expect(terminal.notes).toEqual(['Store the secret safely: it cannot be shown again']);
  });

  test('takes the secret from stdin or the environment, without a word', async () => {
    const fromStdin = await run(
      ['client', 'add', 'robot', ...grants, '--secret-file', '-'],
      answers,
      {
        stdin: 'S\n',
      },
    );
    const fromEnvironment = await run(['client', 'add', 'robot', ...grants], answers, {
      env: { TPKS_NEW_SECRET: 'S', TPKS_CLIENT_SECRET: 'mine, not theirs' },
    });
    for (const { requests, terminal } of [fromStdin, fromEnvironment]) {
      expect(requests[0]?.[1]).toMatchObject({ client_secret: 'S' });
      expect([terminal.warnings, terminal.asked]).toEqual([[], []]);
    }
  });

  test('warns of a secret on the line, but not of none', async () => {
    const { terminal } = await run(['client', 'add', 'robot', ...grants, '-s', 'S'], answers);
    expect(terminal.warnings).toHaveLength(1);
    const empty = await run(['client', 'add', 'robot', ...grants, '-s', ''], answers);
    expect(empty.requests[0]?.[1]).toMatchObject({ client_secret: '' });
    expect(empty.terminal.warnings).toEqual([]);
  });

  test.each([
    [
      { 'New client secret: ': 'S', 'Verify new client secret: ': 's' },
      'The secrets do not match: no client was created',
    ],
    [{ 'New client secret: ': '' }, 'The new client secret is empty: no client was created'],
  ])('adds nobody after %j', async (typed, message) => {
    const sent: [string, unknown?][] = [];
    await expect(
      run(['client', 'add', 'robot', ...grants], answers, { typed }, sent),
    ).rejects.toMatchObject({ kind: 'usage', message });
    expect(sent).toEqual([]);
  });

  test('leaves a client that is there as it is, and asks for no secret', async () => {
    const { terminal } = await run(['client', 'add', 'bare', ...grants, '--if-missing'], {
      'GET /oauth/clients/bare': bare,
    });
    expect(terminal.notes).toEqual(['No changes: client bare already exists']);
    expect(terminal.json).toEqual([bare]);
  });

  test('adds one that is not there', async () => {
    const { terminal, requests } = await run(
      ['client', 'add', 'bare', ...grants, '-s', 'S', '--if-missing'],
      { ...answers, 'GET /oauth/clients/bare': 404 },
    );
    expect(requests.map(([line]) => line)).toEqual([
      'GET /oauth/clients/bare',
      'POST /oauth/clients',
    ]);
    expect(terminal.notes).toEqual([]);
  });

  test('is content when another script was quicker, and shows no secret that is not its own', async () => {
    const found = [404, bare];
    const { terminal } = await run(
      ['client', 'add', 'bare', ...grants, '--generate-secret', '--if-missing'],
      {
        'POST /oauth/clients': 409,
        get 'GET /oauth/clients/bare'() {
          return found.shift();
        },
      },
    );
    expect(terminal.notes).toEqual(['No changes: client bare already exists']);
    expect(terminal.json).toEqual([bare]);
  });

  test('gives a clone its own name where the other was named by its id', async () => {
    const other = {
      ...bare,
      name: 'bare',
      token_salt: 'x',
      lastModified: 1,
      resource_ids: ['none'],
    };
    const { requests } = await run(
      ['client', 'add', 'twin', '--clone', 'bare', '-s', 'S', '--allowedproviders', 'all'],
      { ...answers, 'GET /oauth/clients/bare': { ...other, allowedproviders: ['uaa'] } },
    );
    expect(requests[1]?.[1]).toEqual({
      client_id: 'twin',
      client_secret: 'S',
      name: 'twin',
      authorized_grant_types: ['client_credentials'],
    });
  });

  test('says what the UAA did not keep', async () => {
    const { terminal } = await run(
      ['client', 'add', 'bare', ...grants, '-s', '', '--autoapprove', 'x,y.*', '--scope', 'a'],
      { 'POST /oauth/clients': { ...bare, autoapprove: [], scope: ['a'] } },
    );
    expect(terminal.warnings).toEqual([
      'the UAA did not store these entries of autoapprove, because they are not scopes of the client: x',
    ]);
  });
});

describe('the wizard', () => {
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

  test('asks for every attribute that was not given, with its value', async () => {
    const { terminal, requests } = await run(
      ['client', 'update', 'pks_cli', '-i', '--scope', 'openid'],
      {
        'GET /oauth/clients/pks_cli': pksCli,
        'POST /oauth/clients/tx/modify': [],
      },
      { typed: prompts },
    );
    expect(terminal.asked).toEqual(Object.keys(prompts));
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

  test('says what is wrong with an answer, and asks again', async () => {
    let tries = 0;
    const typed = {
      ...Object.fromEntries(Object.keys(prompts).map((prompt) => [prompt, ''])),
      get 'access_token_validity [600]: '() {
        tries += 1;
        return tries === 1 ? 'ten minutes' : '700';
      },
    };
    const { terminal, requests } = await run(
      ['client', 'update', 'pks_cli', '-i', '--scope', 'openid,pks.clusters.manage'],
      { 'GET /oauth/clients/pks_cli': pksCli, 'PUT /oauth/clients/pks_cli': pksCli },
      { typed },
    );
    expect(terminal.notes).toContainEqual(
      expect.stringMatching(/^expected a whole number from 0 to \d+$/),
    );
    expect(requests[1]?.[1]).toEqual({ client_id: 'pks_cli', access_token_validity: 700 });
  });

  test('of a new client starts from nothing, or from the clone', async () => {
    const empty = Object.fromEntries(
      Object.keys(prompts).map((prompt) => [prompt.replace(/ \[.*\]/, ''), '']),
    );
    const typed = { ...empty, 'name: ': 'Mine', 'scope (list): ': 'openid' };
    const { requests } = await run(
      ['client', 'add', 'bare', '-i', ...grants, '-s', ''],
      { 'POST /oauth/clients': bare },
      { typed },
    );
    expect(requests[0]?.[1]).toMatchObject({ name: 'Mine', scope: ['openid'] });
  });
});

describe('uaa client update', () => {
  const answers = { 'GET /oauth/clients/pks_cli': pksCli };

  test('writes nothing if nothing would change', async () => {
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
      answers,
    );
    expect(requests).toHaveLength(1);
    expect(terminal.notes).toEqual(['No changes: the client pks_cli already has these values']);
    expect(terminal.json).toEqual([pksCli]);
  });

  test.each([
    ['authorized_grant_types', 'it is required'],
    ['client_id', 'it is required'],
    ['client_secret', 'it can only be changed, with tpks uaa secret'],
    ['scopes', 'client pks_cli has no such attribute'],
  ])('does not take %s away', async (name, why) => {
    await expect(
      run(['client', 'update', 'pks_cli', '--del_attrs', name], answers),
    ).rejects.toMatchObject({ kind: 'usage', message: `${name} cannot be removed: ${why}` });
  });
});

describe('uaa client delete', () => {
  test('says so in the words of uaac', async () => {
    const { terminal } = await run(['client', 'delete', 'bare'], {
      'DELETE /oauth/clients/bare': bare,
    });
    expect(terminal.lines).toEqual(['client registration deleted']);
    expect(terminal.json).toEqual([bare]);
  });

  test('of nobody fails, unless that is no matter', async () => {
    const answers = { 'DELETE /oauth/clients/bare': 404 };
    await expect(run(['client', 'delete', 'bare'], answers)).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Client bare not found',
    });
    const { terminal } = await run(['client', 'delete', 'bare', '--if-exists'], answers);
    expect(terminal.notes).toEqual(['No changes: Client bare not found']);
    expect(terminal.lines).toEqual([]);
  });

  test('does not take another failure for an absence', async () => {
    await expect(
      run(['client', 'delete', 'bare', '--if-exists'], { 'DELETE /oauth/clients/bare': 500 }),
    ).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
