import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Secret } from '../../../../src/base/secret.js';
import {
  readPksCreds,
  writePksCreds,
  type PksCreds,
  formatPksCreds,
  parsePksCreds,
} from '../../../../src/domain/auth/pks-creds-file.js';
import {
  PksCredsSessions,
  type PksCredsLocation,
} from '../../../../src/domain/auth/pks-creds-sessions.js';
import { plain, withSecrets, type Plain } from '../../../support/checks/plain-tokens.js';
import { catchTpksError } from '../../../support/checks/thrown-error.js';
import { aSession } from '../../../support/fixtures/contexts-and-clusters.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

const fileOfCody: Plain<PksCreds> = {
  api: 'https://api.example.com',
  caCert: undefined,
  username: 'cody',
  skipSslVerification: false,
  accessToken: 'access-0',
  refreshToken: 'refresh-0',
};

/** Runs a test with a file that contains the session of cody. */
const withFile = (
  body: (input: {
    readonly sessions: PksCredsSessions;
    readonly location: PksCredsLocation;
    readonly path: string;
    readonly overwrite: (changes: Partial<Plain<PksCreds>>) => Promise<void>;
  }) => Promise<void>,
) =>
  withFolder(async (folder) => {
    const path = join(folder, 'creds.yml');
    const overwrite = (changes: Partial<Plain<PksCreds>>) =>
      writePksCreds(path, withSecrets<PksCreds>({ ...fileOfCody, ...changes }));
    await overwrite({});
    const location = { pksCredsPath: path, api: 'https://api.example.com:9021', identity: 'cody' };
    const sessions = new PksCredsSessions({
      withLockFile: (_path, work) => work(),
      warn: (text) => {
        throw new Error(text);
      },
    });
    await body({ sessions, location, path, overwrite });
  });

describe('PksCredsSessions', () => {
  test('writes a renewed token to the file', () =>
    withFile(async ({ sessions, location, path }) => {
      await sessions.save(location, withSecrets(aSession()));
      expect(plain(readPksCreds(path) ?? {})).toEqual({
        ...fileOfCody,
        accessToken: 'access-1',
        refreshToken: 'refresh-1',
      });
    }));

  describe.each([
    ['of another user', { username: 'dana' }],
    ['of another installation', { api: 'https://other.example.com' }],
  ])('if another program has written the session %s', (_case, changes) => {
    test('does not replace its tokens with a renewed one, which it uses in memory', () =>
      withFile(async ({ sessions, location, path, overwrite }) => {
        await overwrite(changes);
        const before = await readFile(path, 'utf8');
        await sessions.save(location, withSecrets(aSession()));
        expect(await readFile(path, 'utf8')).toBe(before);
        expect((await sessions.load(location))?.accessToken.reveal()).toBe('access-1');
      }));

    test('does not use its tokens', () =>
      withFile(async ({ sessions, location, overwrite }) => {
        await overwrite(changes);
        expect(await sessions.load(location)).toBeUndefined();
      }));

    test('does not delete it at logout', () =>
      withFile(async ({ sessions, location, path, overwrite }) => {
        await overwrite(changes);
        expect(await sessions.delete(location)).toBe(false);
        expect(readPksCreds(path)).toMatchObject(changes);
      }));
  });

  test('deletes a damaged file at logout, because it may contain tokens', () =>
    withFile(async ({ sessions, location, path, overwrite }) => {
      await overwrite({ api: 'http://not-https' });
      expect(await sessions.delete(location)).toBe(true);
      expect(readPksCreds(path)).toBeUndefined();
    }));
});

const path = '/home/alana/.pks/creds.yml';

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
  ])('names the file and the line of the error in %j', (content, line, message) => {
    const { kind, message: text, hint } = failure(content);
    expect(text).toContain(`${path}, line ${String(line)}: `);
    expect(text).toContain(message);
    expect([kind, hint === undefined]).toEqual(['usage', false]);
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
});
