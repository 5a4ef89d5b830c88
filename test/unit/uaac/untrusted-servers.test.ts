import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { formatFailure } from '../../../src/uaac/failure-text.js';

describe('formatFailure', () => {
  test.each(['uaa.example.com', 'uaa.example.com:8443'])(
    'names %s if its certificate is not trusted, and explains why in the hint',
    (host) => {
      const message = 'The certificate is self-signed';
      const error = new TpksError('untrusted', message, { hint: 'no secrets were sent', host });
      expect(formatFailure(error)).toEqual({
        lines: [
          '',
          `CF::UAA::SSLException: Invalid SSL Cert for https://${host}/login. ` +
            "Use '--skip-ssl-validation' to continue with an insecure target",
          '',
        ],
        hint: `${message}\nno secrets were sent`,
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
