import { describe, expect, test } from '@jest/globals';
import { parseFile } from '../../../../src/domain/import/original-files.js';
import { expiryOf, type OldFile } from '../../../../src/domain/import/original-session.js';
import { catchTpksError } from '../../../support/checks/thrown-error.js';
import { jwt } from '../../../support/fixtures/jwt.js';
import {
  adminClaims,
  alanaClaims,
  credsFile,
  refreshClaims,
  startSeconds,
  uaacFile,
} from '../../../support/fixtures/old-cli-files.js';

const now = new Date(startSeconds * 1000);
const path = '/home/alana/.uaac.yml';

const parse = (content: string, known: Parameters<typeof parseFile>[1] = []): OldFile =>
  parseFile({ path, isStdin: false, content }, known, now);

const failure = (content: string) => catchTpksError(() => parse(content));

function expectRejection(content: string, line: number, text: string): void {
  const { kind, message } = failure(content);
  expect(kind).toBe('usage');
  expect(message).toContain(`Cannot import ${path}, line ${String(line)}: `);
  expect(message).toContain(text);
}

describe('parseFile with a uaac file', () => {
  test('reads all contexts with the identity in their tokens', () => {
    const { sessions } = parse(uaacFile());
    expect(sessions).toEqual([
      expect.objectContaining({
        label: 'admin',
        line: 13,
        identity: 'admin',
        clientId: 'admin',
        grant: 'client_credentials',
        uaa: 'https://api.example.com:8443',
        skipTlsVerification: false,
      }),
      expect.objectContaining({
        label: 'alana',
        line: 22,
        // The key is in lower case, the user name is not.
        identity: 'Alana',
        clientId: 'pks_cli',
        grant: 'password',
      }),
    ]);
    expect(sessions[1]?.token.refreshToken?.reveal()).toBe(jwt(refreshClaims));
    expect(sessions[1]?.token.idToken?.reveal()).toBe(jwt(alanaClaims));
  });

  test('calculates the expiry from the claims, not from expires_in', () => {
    const [admin] = parse(uaacFile()).sessions;
    expect(admin?.token).toMatchObject({ lifetimeSeconds: 600, clockOffsetSeconds: 0 });
    expect(expiryOf(admin!.token)).toEqual(new Date((startSeconds + 540) * 1000));
  });

  test('reads the current target and its current context', () => {
    const { targets } = parse(uaacFile());
    expect(targets).toEqual([
      expect.objectContaining({
        uaa: 'https://api.example.com:8443',
        isCurrent: true,
        currentSession: expect.objectContaining({ label: 'alana' }),
      }),
    ]);
  });

  test('reads keys that Ruby wrote as symbols', () => {
    const symbols = uaacFile().replace(/^( +)(\w+):/gm, '$1:$2:');
    expect(symbols).toContain('      :access_token: ey');
    const withoutLines = ({ sessions }: OldFile) =>
      sessions.map(({ identity, token }) => [identity, token.scope]);
    expect(withoutLines(parse(symbols))).toEqual(withoutLines(parse(uaacFile())));
  });

  test('keeps --skip-ssl-validation only if there is no CA', () => {
    const { sessions } = parse(uaacFile({ settings: ['skip_ssl_validation: true'] }));
    expect(sessions[0]).toMatchObject({ skipTlsVerification: true, caCert: undefined });
  });

  test.each([
    ['ca_cert: "/missing/ca.pem"', 'Failed to read file: /missing/ca.pem: the file does not exist'],
    ['ca_cert: missing/ca.pem', '(ca_cert is a relative path)'],
  ])('notes that the file of %s cannot be read', (setting, reason) => {
    const { notes, sessions } = parse(uaacFile({ settings: [setting] }));
    expect(sessions[0]?.caCert).toBeUndefined();
    expect(notes).toEqual([expect.stringContaining(`${path}, line 4: the CA of https://`)]);
    expect(notes[0]).toContain(reason);
    expect(notes[0]).toContain('tpks uaa target https://api.example.com:8443 --ca-cert FILE');
  });

  test.each([
    ['http://uaa.example.com', 'only https is supported'],
    ['https://user:secret@uaa.example.com', 'this is not the URL of a UAA'],
    ['https://uaa.example.com admin', 'this is not the URL of a UAA'],
  ])('reports that the target %s cannot be imported', (url, reason) => {
    const { unusable, sessions } = parse(uaacFile({ url }));
    expect(unusable).toEqual([expect.objectContaining({ line: 2, reason })]);
    expect(JSON.stringify(unusable)).not.toContain('secret');
    expect(sessions).toEqual([]);
  });

  test('reports a context without an access token', () => {
    const { unusable } = parse(
      'https://u.example.com:\n  contexts:\n    admin:\n      client_id: admin\n',
    );
    expect(unusable).toEqual([
      { file: path, line: 3, label: 'admin', reason: 'it has no access token' },
    ]);
  });

  test('reads opaque tokens, with the identity that the file names', () => {
    const { sessions } = parse(uaacFile({ alanaToken: 'opaque-1', adminToken: 'opaque-2' }));
    expect(sessions).toEqual([
      expect.objectContaining({
        identity: 'admin',
        grant: 'client_credentials',
        tokenFormat: 'opaque',
      }),
      expect.objectContaining({ identity: 'alana', grant: 'password', tokenFormat: 'opaque' }),
    ]);
    expect(expiryOf(sessions[1]!.token)).toEqual(new Date((startSeconds + 599) * 1000));
  });

  test.each([
    ['a target that is not an object', '---\nhttps://u.example.com: x\n', 2, 'a target must'],
    [
      'contexts that are not an object',
      'https://u.example.com:\n  contexts: 1\n',
      2,
      'contexts must',
    ],
    [
      'a context that is not an object',
      'https://u.example.com:\n  contexts:\n    a: 1\n',
      3,
      'a context must',
    ],
    [
      'a token that is a number',
      'https://u.example.com:\n  contexts:\n    a:\n      access_token: 1\n',
      4,
      'access_token must be a string',
    ],
    [
      'a token with a line break',
      'https://u.example.com:\n  contexts:\n    a:\n      access_token: "a\\r\\nb"\n',
      4,
      'not allowed in a token',
    ],
    ['a CA that is a list', 'https://u.example.com:\n  ca_cert: []\n', 2, 'ca_cert must be'],
    ['a tab', 'https://u.example.com:\n\tcontexts: {}\n', 2, 'Tabs are not allowed'],
    ['a second list of contexts', `${uaacFile()}  contexts: 7\n`, 35, 'keys must be unique'],
  ])('rejects %s with the line', (_name, content, line, text) => {
    expectRejection(content, line, text);
  });
});

describe('parseFile with a pks file', () => {
  test('reads the session', () => {
    const { sessions, unusable } = parse(credsFile());
    expect(unusable).toEqual([]);
    expect(sessions).toEqual([
      expect.objectContaining({
        line: 5,
        api: 'https://api.example.com:9021',
        uaa: 'https://api.example.com:8443',
        identity: 'Alana',
        clientId: 'pks_cli',
        grant: 'password',
      }),
    ]);
  });

  test('reads the session of a client', () => {
    const accessToken = jwt({ ...adminClaims, client_id: 'ci' });
    const [session] = parse(credsFile({ username: '""', accessToken, refreshToken: '' })).sessions;
    expect(session).toMatchObject({ identity: 'ci', clientId: 'ci', grant: 'client_credentials' });
    expect(session?.token.refreshToken).toBeUndefined();
  });

  test('selects the login with a one-time code for users of other identity providers', () => {
    const accessToken = jwt({ ...alanaClaims, origin: 'okta' });
    expect(parse(credsFile({ accessToken })).sessions[0]?.grant).toBe('passcode');
  });

  test.each([
    [
      'another port of the same host',
      'https://api.example.com:443/oauth/token',
      'https://api.example.com',
    ],
    ['another host', 'https://evil.example.com/oauth/token', 'https://api.example.com:8443'],
    ['a text', 'nonsense', 'https://api.example.com:8443'],
  ])('uses the right UAA if the issuer is %s', (_name, iss, uaa) => {
    const accessToken = jwt({ ...alanaClaims, iss });
    expect(parse(credsFile({ accessToken })).sessions[0]?.uaa).toBe(uaa);
  });

  test('uses the known UAA of the API', () => {
    const known = [{ api: 'https://api.example.com:9021', uaa: 'https://uaa.example.com' }];
    expect(parse(credsFile(), known).sessions[0]?.uaa).toBe('https://uaa.example.com');
  });

  test('reports a file without a session', () => {
    const { unusable, sessions } = parse('api: https://a.example.com\naccess_token: ""\n');
    expect(sessions).toEqual([]);
    expect(unusable).toEqual([
      expect.objectContaining({ line: 2, reason: 'it has no access token' }),
    ]);
  });

  test('rejects an invalid value with the line', () => {
    const content = 'api: https://a.example.com\naccess_token: [1]\n';
    expectRejection(content, 2, 'access_token must be a string');
  });

  test('rejects the port of the UAA in the address', () => {
    expect(failure(credsFile({ api: 'https://api.example.com:8443' })).message).toContain(
      'has port 8443',
    );
  });
});

describe('parseFile with another file', () => {
  test.each([
    ['an empty file', '', 1, 'the file is empty'],
    ['a kubeconfig', '# x\napiVersion: v1\nkind: Config\n', 2, 'expected the creds.yml of pks'],
    ['a text', 'hello', 1, 'expected the creds.yml of pks'],
    ['binary data', 'a\0b', 1, 'binary data'],
    ['invalid YAML', 'a: 1\n}b\n', 2, 'not valid JSON or YAML'],
    ['a Ruby object', 'a: 1\nb: !ruby/object:Gem {}\n', 2, 'Unresolved tag'],
  ])('rejects %s with the line', (_name, content, line, text) => {
    expectRejection(content, line, text);
  });

  test.each([
    'access_token: |s3cret\n',
    'access_token: !s3cret x\n',
    '%s3cret\n---\na: 1\n',
    'access_token: x\n}s3cret\n',
    'access_token: 31337313373133731337s3cret\n',
    'api: 31337313373133731337\n',
    'api: s3cret://\naccess_token: x\n',
  ])('never repeats a part of the file: %j', (content) => {
    const { message, hint } = failure(content);
    expect(`${message}${hint ?? ''}`).not.toMatch(/s3cret|31337/);
  });
});
