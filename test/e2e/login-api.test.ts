import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { answers, type Answer } from '../support/faulty-server.js';
import { startFront, type Front } from '../support/front.js';
import { createUser, type TestUser } from '../support/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';

let sandbox: TestSandbox;
let front: Front;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  front = await startFront(sandbox);
});
afterEach(() => front.mend());
afterAll(() => Promise.all([front.close(), sandbox.close()]));

const login = (user: TestUser, name = 'cody') =>
  user.tpks(['login', ...front.target, '-u', name, '--password-stdin', '--store', 'file'], {
    stdin: `${name}-password\n`,
  });

const page = '<!DOCTYPE html><html><body>Welcome</body></html>';
const others: [string, Answer][] = [
  ['with a web page', { headers: { 'content-type': 'text/html' }, body: page }],
  ['with an empty object', {}],
  ['with 200 and nothing else', { body: '' }],
];

describe('a server that is not a PKS API and answers every request', () => {
  test.each(others)(
    '%s is not accepted by a login, which stores nothing',
    async (_name, answer) => {
      front.api.behave(answers(answer));
      const user = createUser();
      const host = new URL(front.api.origin).host;
      const { code, stdout, stderr } = await login(user);
      expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
      expect(stderr).toContain(`Error: ${host} does not respond like a PKS API\nHint: `);
      expect(existsSync(join(user.home, 'config.json'))).toBe(false);
    },
  );

  test.each(others)('%s is not accepted by status', async (_name, answer) => {
    const user = createUser();
    expect(await login(user)).toMatchObject({ code: 0 });
    front.api.behave(answers(answer));
    const { code, stdout, stderr } = await user.tpks(['status']);
    expect(code).toBe(5);
    expect(stdout).toMatch(/\nToken: +could not be verified\n$/);
    expect(stderr).toContain('does not respond like a PKS API');
  });
});
