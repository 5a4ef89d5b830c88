import { describe, expect, test } from '@jest/globals';
import { runAsAdmin as run } from '../uaa-line.js';

const done = { status: 'ok', message: 'secret updated' };
const answers = {
  'PUT /oauth/clients/robot/secret': done,
  'PUT /oauth/clients/admin/secret': done,
};
const ended =
  'The token of admin is no longer valid; get a new one: tpks uaa token client get admin';

test('a secret is set in the words of uaac', async () => {
  const { terminal } = await run(['secret', 'set', 'robot', '-s', 'N'], answers);
  expect(terminal.lines).toEqual(['client secret successfully set']);
  expect(terminal.json).toEqual([done]);
  expect(terminal.notes).toEqual([]);
});

test('whoever sets the secret of the client in use is told that its token has ended', async () => {
  const { terminal } = await run(['secret', 'set', 'admin', '-s', 'N'], answers);
  expect(terminal.notes).toEqual([ended]);
});

describe('a secret that was made here', () => {
  test.each([['set'], ['add']])('is shown once by %s', async (word) => {
    const { terminal, requests } = await run(
      ['secret', word, 'robot', '--generate-secret'],
      answers,
    );
    const { secret } = requests[0]?.[1] as { secret: string };
    expect(secret).toMatch(/^[A-Za-z][\w-]{42}$/);
    expect(terminal.lines.at(-1)).toBe(`client_secret: ${secret}`);
    expect(terminal.json).toEqual([{ ...done, client_secret: secret }]);
  });
});

describe('secret change', () => {
  const typed = {
    'Current client secret: ': 'O',
    'New client secret: ': 'N',
    'Verify new client secret: ': 'N',
  };

  test('asks for both secrets', async () => {
    const { terminal, requests } = await run(['secret', 'change'], answers, { typed });
    expect(terminal.asked).toEqual(Object.keys(typed));
    expect(requests).toEqual([
      ['PUT /oauth/clients/admin/secret', { secret: 'N', oldSecret: 'O' }],
    ]);
    expect(terminal.lines).toEqual(['client secret successfully changed']);
    expect(terminal.notes).toEqual([ended]);
  });

  test.each([
    [{}, 'O'],
    [{ TPKS_CLIENT_NAME: 'admin' }, 'O'],
    [{ TPKS_CLIENT_NAME: 'other' }, 'typed'],
  ])('takes the old one from an environment of %j as %j', async (env, oldSecret) => {
    const { requests } = await run(['secret', 'change', '--secret-file', '-'], answers, {
      stdin: 'N\n',
      env: { ...env, TPKS_CLIENT_SECRET: 'O' },
      typed: { 'Current client secret: ': 'typed' },
    });
    expect(requests[0]?.[1]).toEqual({ secret: 'N', oldSecret });
  });

  test('is not for users: a client that is called like one must not be changed', async () => {
    const sent: [string, unknown?][] = [];
    const context = { identity: 'alana', clientId: 'pks_cli', grant: 'password' };
    await expect(
      run(['secret', 'change', '-s', 'N', '--old_secret', 'O'], {}, { context }, sent),
    ).rejects.toMatchObject({
      kind: 'usage',
      message: 'The current token belongs to the user alana, not to a client',
    });
    expect(sent).toEqual([]);
  });
});
