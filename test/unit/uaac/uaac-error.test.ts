import { describe, expect, test } from '@jest/globals';
import { timeLimitCode, TpksError, rewordError } from '../../../src/base/errors.js';
import { codedError, toNetworkError } from '../../../src/platform/http/network-error.js';
import { formatFailure, requestError, UaacError } from '../../../src/uaac/uaac-error.js';

const body = { error: 'invalid_scope', error_description: 'Invalid scope: x' };
/** A network error that a caller has reworded. */
const networkError = (code: string, url: string, proxy?: string) =>
  rewordError(toNetworkError(Object.assign(new Error(code), { code }), url, proxy), {
    message: 'no',
  });
const rejected = new TpksError('failed', 'Invalid scope: x', { status: 400, body });

describe('formatFailure prints', () => {
  test.each<[what: string, error: Error, lines: readonly string[]]>([
    [
      'the response of the UAA, even if the error was reworded',
      rewordError(rejected, { message: 'another message', hint: 'a hint' }),
      [
        '',
        'error response:',
        '{',
        '  "error": "invalid_scope",',
        '  "error_description": "Invalid scope: x"',
        '}',
      ],
    ],
    [
      'a status without a body',
      new TpksError('unavailable', 'The server returned HTTP 503', { status: 503 }),
      ['', 'CF::UAA::BadResponse: invalid status response: 503', ''],
    ],
    [
      'the body only for the statuses of the original',
      new TpksError('conflict', 'stale', { status: 412, body }),
      ['', 'CF::UAA::BadResponse: invalid status response: 412', ''],
    ],
    [
      'status 404',
      new TpksError('notFound', 'x', { status: 404 }),
      ['', 'CF::UAA::NotFound: CF::UAA::NotFound', ''],
    ],
    [
      'a name that was not found',
      new TpksError('notFound', 'User x not found'),
      ['', 'CF::UAA::NotFound: CF::UAA::NotFound', ''],
    ],
    [
      'the error of an expired token for a session that cannot be renewed',
      new TpksError('unauthenticated', 'Session ended'),
      [
        '',
        'error response:',
        '{',
        '  "error": "invalid_token",',
        '  "error_description": "Session ended"',
        '}',
      ],
    ],
    [
      'a refused connection',
      networkError('ECONNREFUSED', 'https://uaa.test:8443/Users'),
      ['', 'CF::UAA::BadTarget: error: Connection refused - connect(2) for uaa.test:8443', ''],
    ],
    [
      'an unknown host',
      networkError('ENOTFOUND', 'https://uaa.test/Users'),
      ['', 'CF::UAA::BadTarget: error: getaddrinfo: Name or service not known (uaa.test:443)', ''],
    ],
    [
      'a proxy that refuses the connection',
      networkError('ECONNREFUSED', 'https://uaa.test/Users', 'http://proxy.test:3128'),
      ['', 'CF::UAA::BadTarget: error: Connection refused - connect(2) for proxy.test:3128', ''],
    ],
    [
      'another network error',
      networkError('ECONNRESET', 'https://uaa.test/Users'),
      ['', 'CF::UAA::BadTarget: error: no', ''],
    ],
    [
      'a server that does not respond in time',
      new TpksError('unavailable', 'It is slow', { cause: codedError(timeLimitCode) }),
      ['', 'CF::UAA::HTTPException: http timeout', ''],
    ],
    [
      'a response that is not JSON',
      new TpksError('unavailable', 'not JSON', { status: 200 }),
      ['', 'CF::UAA::BadResponse: received invalid response content or type', ''],
    ],
    [
      'a failure of this machine',
      new TpksError('keychain', 'No keychain'),
      ['', 'RuntimeError: No keychain', ''],
    ],
    ['a bug', new Error('oops'), ['', 'RuntimeError: oops', '']],
    [
      'text of the original',
      requestError('RuntimeError', 'no new users given'),
      ['', 'RuntimeError: no new users given', ''],
    ],
  ])('%s', (_what, error, lines) => {
    expect(formatFailure(error).lines).toEqual(lines);
  });

  test('the hint of the error that a text of the original replaces', () => {
    const error = new UaacError(['text'], new TpksError('usage', 'm', { hint: 'do this' }));
    expect(formatFailure(error)).toEqual({ lines: ['text'], hint: 'do this', isHintNeeded: true });
  });
});

describe('formatFailure for a server that is not trusted', () => {
  test.each(['uaa.example.com', 'uaa.example.com:8443'])(
    'names %s if its certificate is not trusted, and explains why in the hint',
    (host) => {
      const message = 'The certificate is self-signed';
      const error = new TpksError('untrusted', message, {
        facts: [
          ['Issuer', 'CN=Example CA'],
          ['SHA-256', 'AA:BB'],
        ],
        hint: 'no secrets were sent',
        host,
      });
      expect(formatFailure(error)).toEqual({
        lines: [
          '',
          `CF::UAA::SSLException: Invalid SSL Cert for https://${host}/login. ` +
            "Use '--skip-ssl-validation' to continue with an insecure target",
          '',
        ],
        hint: `${message}\nIssuer: CN=Example CA\nSHA-256: AA:BB\nno secrets were sent`,
        isHintNeeded: true,
      });
    },
  );

  test.each([
    'The access token is not valid for https://example.com; nothing was sent',
    'The certificate of the proxy https://proxy.example.com is self-signed',
  ])('does not mention a certificate of the UAA for: %s', (message) => {
    const error = new TpksError('untrusted', message, { hint: 'the hint' });
    expect(formatFailure(error)).toEqual({
      lines: ['', `RuntimeError: ${message}`, ''],
      hint: 'the hint',
      isHintNeeded: true,
    });
  });
});
