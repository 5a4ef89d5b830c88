import { describe, expect, test } from '@jest/globals';
import { runAsAdmin as run } from '../run-uaa-command.js';

const success = { status: 'ok', message: 'secret updated' };
const responses = {
  'PUT /oauth/clients/robot/secret': success,
  'PUT /oauth/clients/admin/secret': success,
};
const expiredNote =
  'The token of admin is no longer valid; get a new one: tpks uaa token client get admin';

test('secret set prints the message of uaac', async () => {
  const { terminal } = await run(['secret', 'set', 'robot', '-s', 'N'], responses);
  expect(terminal.lines).toEqual(['client secret successfully set']);
  expect(terminal.json).toEqual([success]);
  expect(terminal.notes).toEqual([]);
});

test('secret set for the current client reports that its token is no longer valid', async () => {
  const { terminal } = await run(['secret', 'set', 'admin', '-s', 'N'], responses);
  expect(terminal.notes).toEqual([expiredNote]);
});

describe('--generate-secret', () => {
  test.each([['set'], ['add']])('prints the secret once with secret %s', async (verb) => {
    const { terminal, requests } = await run(
      ['secret', verb, 'robot', '--generate-secret'],
      responses,
    );
    const { secret } = requests[0]?.[1] as { secret: string };
    expect(secret).toMatch(/^[A-Za-z][\w-]{42}$/);
    expect(terminal.lines.at(-1)).toBe(`client_secret: ${secret}`);
    expect(terminal.json).toEqual([{ ...success, client_secret: secret }]);
  });
});

describe('secret change', () => {
  const terminalInput = {
    'Current client secret: ': 'O',
    'New client secret: ': 'N',
    'Verify new client secret: ': 'N',
  };

  test('prompts for both secrets', async () => {
    const { terminal, requests } = await run(['secret', 'change'], responses, { terminalInput });
    expect(terminal.prompts).toEqual(Object.keys(terminalInput));
    expect(requests).toEqual([
      ['PUT /oauth/clients/admin/secret', { secret: 'N', oldSecret: 'O' }],
    ]);
    expect(terminal.lines).toEqual(['client secret successfully changed']);
    expect(terminal.notes).toEqual([expiredNote]);
  });

  test.each([
    [{}, 'O'],
    [{ TPKS_CLIENT_NAME: 'admin' }, 'O'],
    [{ TPKS_CLIENT_NAME: 'other' }, 'typed'],
  ])('with the environment %j, uses the old secret %j', async (env, oldSecret) => {
    const { requests } = await run(['secret', 'change', '--secret-file', '-'], responses, {
      stdin: 'N\n',
      env: { ...env, TPKS_CLIENT_SECRET: 'O' },
      terminalInput: { 'Current client secret: ': 'typed' },
    });
    expect(requests[0]?.[1]).toEqual({ secret: 'N', oldSecret });
  });

  test('rejects the token of a user, because a client could have the same name', async () => {
    const requests: [string, unknown?][] = [];
    const context = { identity: 'alana', clientId: 'pks_cli', grant: 'password' };
    await expect(
      run(['secret', 'change', '-s', 'N', '--old_secret', 'O'], {}, { context }, requests),
    ).rejects.toMatchObject({
      kind: 'usage',
      message: 'The current token belongs to the user alana, not to a client',
    });
    expect(requests).toEqual([]);
  });
});
