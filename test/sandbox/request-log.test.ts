import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createRequestLog } from '../../src/sandbox/request-log.js';
import { text, type SandboxRequest } from '../../src/sandbox/router.js';
import { readLog, temporaryFolder, type LogLine } from './running-sandbox.js';

const secret = 'a-s3cret/ü&x';
const base64 = (value: string) => Buffer.from(value).toString('base64');
const jwt = (claims: object) =>
  `${base64('{"alg":"none"}')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${secret}`;
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const toToken = (fields: Record<string, string>) => ({
  method: 'POST',
  path: '/oauth/token',
  body: form(fields),
});

describe('the request log', () => {
  test('has one line per request and is readable only by its owner', () => {
    const { lines, path } = writeLog([{ method: 'GET', path: '/v1/clusters' }]);
    expect(lines).toEqual([
      {
        server: 'api',
        method: 'GET',
        path: '/v1/clusters',
        status: 200,
        grant: null,
        client: null,
        ms: 12,
      },
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('is appended to an existing file', () => {
    const path = join(temporaryFolder(), 'log');
    writeLog([{}], path);
    expect(writeLog([{}], path).lines).toHaveLength(2);
  });

  test.each([
    ['password', { grant_type: 'password', username: 'u', password: secret }],
    ['passcode', { grant_type: 'password', passcode: secret }],
    ['refresh_token', { grant_type: 'refresh_token', refresh_token: secret }],
    ['client_credentials', { grant_type: 'client_credentials', client_secret: secret }],
    ['unknown', { grant_type: secret }],
  ])('records the grant type: %s', (grant, fields) => {
    expect(writeLog([toToken({ ...fields, client_id: 'pks_cli' })]).lines).toMatchObject([
      { grant, client: 'pks_cli' },
    ]);
  });

  test('records the client of Basic credentials and of a token', () => {
    const { lines } = writeLog([
      { headers: { authorization: `Basic ${base64(`pks_client:${secret}`)}` } },
      { headers: { authorization: `Bearer ${jwt({ client_id: 'pks_cli' })}` } },
      { headers: { authorization: `bearer ${secret}` } },
    ]);
    expect(lines.map(({ client }) => client)).toEqual(['pks_client', 'pks_cli', null]);
  });

  test('prefers the client that the server reports to the one in the request', () => {
    const { lines } = writeLog(
      [{ headers: { authorization: 'Bearer opaque' } }],
      undefined,
      'admin',
    );
    expect(lines).toMatchObject([{ client: 'admin' }]);
  });

  test('contains no secret, no matter where a client puts it', () => {
    const query = new URLSearchParams({ password: secret, token: secret });
    const { path } = writeLog([
      { ...toToken({ grant_type: 'password', password: secret, client_secret: secret }), query },
      toToken({ grant_type: secret, code: secret, refresh_token: secret, assertion: secret }),
      { path: '/check_token', body: form({ token: jwt({ a: secret }) }) },
      { path: '/Users', body: JSON.stringify({ password: secret }) },
      { headers: { authorization: `Basic ${base64(secret)}` } },
      { headers: { authorization: `Basic ${base64(`:${secret}`)}` } },
      { headers: { authorization: `Basic ${base64(`admin:${secret}`)}`, cookie: secret } },
      { headers: { authorization: `Bearer ${secret}` } },
      { headers: { authorization: secret } },
      { path: `/oauth/token/revoke/${encodeURIComponent(secret)}` },
      { path: '/oauth/token/revoke/client/pks_cli' },
    ]);
    const content = readFileSync(path, 'utf8');
    const forms = [secret, encodeURIComponent(secret), base64(secret), base64(secret).slice(0, 8)];
    for (const shape of [...forms, 's3cret']) expect(content).not.toContain(shape);
    expect(content).toContain('/oauth/token/revoke/•••');
    expect(content).toContain('/oauth/token/revoke/client/pks_cli');
  });

  test('is optional', () => {
    const log = createRequestLog(undefined);
    log.createRecorder('api')(exchange({}));
    log.close();
  });

  test('throws if the file cannot be created', () => {
    expect(() => createRequestLog(join(temporaryFolder(), 'no', 'such', 'folder'))).toThrow(
      'ENOENT',
    );
  });
});

function writeLog(
  requests: readonly Partial<SandboxRequest>[],
  path = join(temporaryFolder(), 'log'),
  client?: string,
): { path: string; lines: LogLine[] } {
  const log = createRequestLog(path);
  for (const request of requests) log.createRecorder('api')(exchange(request, client));
  log.close();
  return { path, lines: readLog(path) };
}

function exchange(request: Partial<SandboxRequest>, client?: string) {
  return {
    request: {
      method: 'GET',
      path: '/',
      query: new URLSearchParams(),
      headers: {},
      body: '',
      origin: 'https://localhost',
      ...request,
    },
    response: { ...text(200, ''), ...(client !== undefined && { client }) },
    milliseconds: 12.3,
  };
}
