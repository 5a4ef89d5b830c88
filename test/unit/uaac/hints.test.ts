import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import type { Send } from '../../../src/http/send.js';
import { createUser } from '../../support/program/cli.js';
import { probeResponse, toResponse, tokenBody } from '../../support/fakes/fake-send.js';
import { loginCommand } from '../../support/program/headless.js';

const installation: Send = async ({ url }) =>
  toResponse(new URL(url).pathname === '/oauth/token' ? { body: tokenBody } : probeResponse);

test('escapes the control characters of a certificate in the hint of uaac', async () => {
  const user = createUser();
  await user.tpks(loginCommand, { send: installation });
  const message = 'The certificate of pks.test:8443 is self-signed (issuer CN=\u001b[2J\u0007)';
  const result = await user.tpks(['users'], {
    programName: 'uaac',
    send: () =>
      Promise.reject(
        new TpksError('untrusted', message, {
          hint: 'first line\nuse tpks uaa users',
          host: 'pks.test:8443',
        }),
      ),
  });
  expect(result).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('Invalid SSL Cert for https://pks.test:8443/login'),
    stderr:
      'Hint: The certificate of pks.test:8443 is self-signed (issuer CN=\\x1b[2J\\x07)\n' +
      '      first line\n' +
      '      use uaac users\n',
  });
});

describe('uaac', () => {
  test.each([
    [['users']],
    [['info']],
    [['token', 'client', 'get', 'admin']],
    [['token', 'decode']],
  ])('names an unknown context: %j', async (words) => {
    const result = await createUser().tpks(words, {
      programName: 'uaac',
      env: { TPKS_CONTEXT: 'nosuch' },
    });
    expect(result).toMatchObject({
      code: 1,
      stdout: '\nArgumentError: Context nosuch not found\n\n',
    });
  });

  test.each([{}, { terminalColumns: 80 }])(
    'rejects an invalid value of an option of tpks: %j',
    async (options) => {
      const result = await createUser().tpks(['users', '--timeout', 'soon'], {
        ...options,
        programName: 'uaac',
      });
      expect(result).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('Invalid value for --timeout: soon (expected a number'),
      });
    },
  );
});
