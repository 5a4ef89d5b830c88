import { rootCertificates } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatPksCreds, parsePksCreds, type PksCreds } from '../../../src/auth/pks-creds-file.js';
import { Secret } from '../../../src/secret.js';
import { catchTpksError } from '../../support/checks/thrown-error.js';

const path = '/home/alana/.pks/creds.yml';

const pem = `${String(rootCertificates[0]).trim()}\n`;

const creds = (changes: Partial<PksCreds> = {}): PksCreds => ({
  api: 'https://api.example.com',
  caCert: undefined,
  username: 'alana',
  skipSslVerification: false,
  accessToken: new Secret('eyJhbGciOi.access.sig'),
  refreshToken: new Secret('eyJhbGciOi.refresh.sig'),
  ...changes,
});

/** `toEqual` does not compare the values of secrets. */
const reveal = ({ accessToken, refreshToken, ...rest }: PksCreds) => ({
  ...rest,
  accessToken: accessToken?.reveal(),
  refreshToken: refreshToken?.reveal(),
});

const failure = (content: string) => catchTpksError(() => parsePksCreds(content, path));

describe('formatPksCreds', () => {
  test('writes the keys in the order of the original CLI', () => {
    expect(formatPksCreds(creds())).toBe(
      [
        'api: https://api.example.com',
        'ca_cert: ""',
        'username: alana',
        'skip_ssl_verification: false',
        'access_token: eyJhbGciOi.access.sig',
        'refresh_token: eyJhbGciOi.refresh.sig',
        '',
      ].join('\n'),
    );
  });

  test('writes the CA as a block of indented PEM lines', () => {
    const lines = formatPksCreds(creds({ caCert: pem })).split('\n');
    expect(lines.slice(1, 3)).toEqual(['ca_cert: |', '  -----BEGIN CERTIFICATE-----']);
    expect(lines).toContain('  -----END CERTIFICATE-----');
  });

  test('writes an empty refresh token for a client', () => {
    expect(formatPksCreds(creds({ refreshToken: undefined }))).toContain('\nrefresh_token: ""\n');
  });

  test.each([
    'true',
    'No',
    '123',
    '1e5',
    '0x1f',
    '2026-01-01',
    '~',
    'null',
    'a: b',
    'a #b',
    '-',
    ' a',
  ])('quotes the username %j, which YAML would read as something else', (username) => {
    const content = formatPksCreds(creds({ username }));
    expect(content).toContain(`username: ${JSON.stringify(username)}\n`);
    expect(parsePksCreds(content, path).username).toBe(username);
  });
});

describe('parsePksCreds', () => {
  test('reads what formatPksCreds writes', () => {
    const written = creds({ caCert: pem, skipSslVerification: true });
    expect(reveal(parsePksCreds(formatPksCreds(written), path))).toEqual(reveal(written));
  });

  test('reads any username and any token that formatPksCreds writes', () => {
    const tokens = fc.stringMatching(/^[\x21-\x7e]{1,40}$/);
    const names = fc.string({ unit: 'binary' }).filter((name) => name.isWellFormed());
    fc.assert(
      fc.property(names, tokens, tokens, (username, access, refresh) => {
        const written = creds({
          username,
          accessToken: new Secret(access),
          refreshToken: new Secret(refresh),
        });
        expect(reveal(parsePksCreds(formatPksCreds(written), path))).toEqual(reveal(written));
      }),
    );
  });

  test('treats empty and missing values as absent', () => {
    expect(
      reveal(parsePksCreds('api: api.example.com\naccess_token: ""\nca_cert:\n', path)),
    ).toEqual({
      api: 'api.example.com',
      caCert: undefined,
      username: '',
      skipSslVerification: false,
      accessToken: undefined,
      refreshToken: undefined,
    });
  });

  test('ignores unknown keys', () => {
    const content = `${formatPksCreds(creds())}__proto__: {api: evil}\nrole: admin\n`;
    expect(reveal(parsePksCreds(content, path))).toEqual(reveal(creds()));
  });

  test.each([
    ['', 1, 'the file is empty'],
    ['just text', 1, 'the file must be an object, not a string'],
    ['apiVersion: v1\nkind: Config\n', 1, 'api is missing'],
    ['username: a\napi: http://api.example.com\n', 2, 'api must be the address of an API'],
    ['api: h\nusername: 12\n', 2, 'username must be a string, not a number; put it in quotes'],
    ['api: h\nskip_ssl_verification: maybe\n', 2, 'skip_ssl_verification must be true or false'],
    ['api: h\n\naccess_token: "a b"\n', 3, 'access_token contains characters that are not allowed'],
    ['api: h\nca_cert: /etc/ca.pem\n', 2, 'ca_cert is invalid: it does not contain a PEM'],
    ['api: h\nusername: [\n', 3, 'this is not valid JSON or YAML'],
    ['api: h\napi: i\n', 2, 'Map keys must be unique'],
    ['api: h\nx: !!js/function "y"\n', 2, 'this is not valid JSON or YAML: Unresolved tag'],
  ])('names the file and the line of the error in %j', (content, line, message) => {
    const { kind, message: text, hint } = failure(content);
    expect(text).toContain(`${path}, line ${String(line)}: `);
    expect(text).toContain(message);
    expect([kind, hint === undefined]).toEqual(['usage', false]);
  });

  test('rejects aliases that expand to a huge value', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const previous = level === 0 ? 'x' : `*l${String(level - 1)}`;
      return `l${String(level)}: &l${String(level)} [${Array(10).fill(previous).join(', ')}]`;
    });
    expect(failure(`api: h\n${levels.join('\n')}\n`).kind).toBe('usage');
  });

  test.each([
    'access_token: "sekret token"',
    'access_token: *sekret',
    'access_token: |sekret',
    'access_token: !sekret x',
    'access_token: !<sekret> x',
    'access_token: "\\xsekret"',
    'access_token: "\\usekret"',
    'access_token: [sekret',
    'access_token: {sekret} sekret',
    'access_token: @sekret',
    'access_token: 1234567890123456sekret: x',
    '%sekret\n---\nx: y',
    '%YAML sekret\n---\nx: y',
    'sekret',
    'access_token: x\nsekret\nx: y',
    'x: "a" sekret',
    'ca_cert: sekret',
    'skip_ssl_verification: sekret',
    'api: ftp://sekret',
  ])('does not repeat a value in the error for %j', (content) => {
    const { message, hint = '' } = failure(`${content}\n`);
    // The parser quotes some values only in part.
    expect(`${message}${hint}`).not.toMatch(/sek|kret/);
  });

  test('does not repeat a number in the error', () => {
    const { message } = failure('api: h\naccess_token: 12345678901234567890\n');
    expect(message).toBe(`${path}, line 2: this number is too long; put it in quotes`);
  });

  test('keeps the part of the error that is not quoted from the file', () => {
    expect(failure('api: h\naccess_token: *sekret\n').message).toContain('Unresolved alias');
    expect(failure('api: {a b: c: d}\n').message).toMatch(/JSON or YAML: \w+ \w+/);
  });
});
