import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { respond, type FaultyResponse } from '../support/servers/faulty-server.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import { createUser, type TestUser } from '../support/program/cli.js';

let front: FaultyInstallation;

beforeAll(async () => {
  [, front] = await startFaultySandbox();
});
afterEach(() => front.reset());
afterAll(() => front.close());

const login = (user: TestUser, name = 'cody') =>
  user.tpks(['login', ...front.loginOptions, '-u', name, '--password-stdin', '--store', 'file'], {
    stdin: `${name}-password\n`,
  });

const page = '<!DOCTYPE html><html><body>Welcome</body></html>';
const responses: [string, FaultyResponse][] = [
  ['with a web page', { headers: { 'content-type': 'text/html' }, body: page }],
  ['with an empty object', {}],
  ['with status 200 and no body', { body: '' }],
];

describe('a server that is not a PKS API but responds to every request', () => {
  test.each(responses)('%s is rejected by login, which stores nothing', async (_name, response) => {
    front.api.setBehaviour(respond(response));
    const user = createUser();
    const host = new URL(front.api.origin).host;
    const { code, stdout, stderr } = await login(user);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain(`Error: ${host} does not respond like a PKS API\nHint: `);
    expect(existsSync(join(user.home, 'config.json'))).toBe(false);
  });

  test.each(responses)('%s is rejected by status', async (_name, response) => {
    const user = createUser();
    expect(await login(user)).toMatchObject({ code: 0 });
    front.api.setBehaviour(respond(response));
    const { code, stdout, stderr } = await user.tpks(['status']);
    expect(code).toBe(5);
    expect(stdout).toMatch(/\nToken: +could not be verified\n$/);
    expect(stderr).toContain('does not respond like a PKS API');
  });
});
