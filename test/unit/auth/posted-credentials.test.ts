import { describe, expect, test } from '@jest/globals';
import { createPostedCredentials } from '../../../src/auth/posted-credentials.js';
import type { HttpRequest } from '../../../src/http/send.js';
import { redact, Secret } from '../../../src/secret.js';
import { toResponse, type FakeAnswer } from '../../support/fake-send.js';
import { fixedClock } from '../../support/fixed-clock.js';
import { jwt } from '../../support/jwt.js';
import { plain } from '../../support/plain-tokens.js';

const uaa = 'https://api.example.com:8443';
const redirectUri = 'https://uaa.cloudfoundry.com/redirect/cf';

/** @param answer - given the fields that were posted. */
function posting(answer: (fields: URLSearchParams) => FakeAnswer) {
  const requests: HttpRequest[] = [];
  const posted = createPostedCredentials({
    uaa,
    clientId: 'cf',
    clock: fixedClock(),
    send: async (request) => {
      requests.push(request);
      return toResponse(answer(new URLSearchParams(String(request.body))));
    },
  });
  const answers = new Map<string, string | Secret>([
    ['username', 'cody'],
    ['password', new Secret('cody-pässword&+')],
  ]);
  return {
    requests,
    token: (scope?: string) => posted.token({ promptValues: answers, redirectUri, scope }),
  };
}

const redirect = (fields: URLSearchParams, answer: Record<string, string>, to = redirectUri) => ({
  status: 302,
  headers: {
    location: `${to}#${new URLSearchParams({ state: fields.get('state') ?? '', ...answer }).toString()}`,
    date: 'Tue, 24 Nov 2026 10:00:30 GMT',
  },
});
const access = (nonce: string | null) => jwt({ user_name: 'cody', scope: ['openid', 'x'], nonce });

test('is one request with all of it in the body', async () => {
  const { requests, token } = posting((fields) =>
    redirect(fields, { access_token: access(fields.get('nonce')), expires_in: '599' }),
  );
  expect(await token('openid')).toMatchObject({
    lifetimeSeconds: 599,
    scope: 'openid',
    refreshToken: undefined,
    issuedAt: new Date('2026-11-24T10:00:30Z'),
  });
  expect(requests).toHaveLength(1);
  const [{ method, url, headers = {}, body } = requests[0]!] = requests;
  expect({ method, url }).toEqual({ method: 'POST', url: `${uaa}/oauth/authorize` });
  expect(headers['accept']).toBe('application/json');
  expect(Object.fromEntries(new URLSearchParams(String(body)))).toEqual({
    client_id: 'cf',
    response_type: 'token id_token',
    redirect_uri: redirectUri,
    scope: 'openid',
    source: 'credentials',
    username: 'cody',
    password: 'cody-pässword&+',
    state: expect.any(String),
    nonce: expect.any(String),
  });
});

test('an opaque token counts as any other, and is known to the redaction', async () => {
  const { token } = posting((fields) =>
    redirect(fields, { access_token: 'opaque-token-7', scope: 'x', expires_in: '599' }),
  );
  expect(plain(await token())).toMatchObject({ accessToken: 'opaque-token-7', scope: 'x' });
  expect(redact('opaque-token-7')).toBe('•••');
});

describe('a refusal', () => {
  test.each<[string, FakeAnswer, object]>([
    [
      'of the credentials',
      { status: 401, body: { error: 'unauthorized', error_description: 'Bad credentials' } },
      { kind: 'unauthenticated', message: 'Bad credentials' },
    ],
    [
      'of the redirect URI',
      {
        status: 400,
        body: {
          error: 'invalid_grant',
          error_description: `Invalid redirect ${redirectUri} did not match one of the registered values`,
        },
      },
      { kind: 'failed', hint: expect.stringContaining('--redirect-uri') },
    ],
    [
      'of the client',
      {
        status: 401,
        body: { error: 'invalid_client', error_description: 'No client with requested id: cf' },
      },
      { kind: 'unauthenticated', message: 'No client with requested id: cf' },
    ],
    [
      'for want of consent',
      { status: 200, body: { auth_request: { requestParameters: { password: 'x' } } } },
      { kind: 'failed', hint: expect.stringContaining('tpks uaa token implicit get -c cf') },
    ],
    ['by trouble', { status: 503, body: {} }, { kind: 'unavailable' }],
    [
      'to the login page',
      { status: 302, headers: { location: '/login' } },
      { kind: 'unavailable' },
    ],
    ['by a page', { status: 200, body: '<html>' }, { kind: 'unavailable' }],
  ])('%s', async (_what, answer, expected) => {
    await expect(posting(() => answer).token()).rejects.toMatchObject(expected);
  });

  test('in the fragment is told in the UAA’s words', async () => {
    const { token } = posting((fields) =>
      redirect(fields, {
        error: 'invalid_client',
        error_description: 'Unauthorized grant type: implicit',
      }),
    );
    await expect(token()).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'Unauthorized grant type: implicit',
    });
  });

  test('a token that goes elsewhere is not taken, and not told', async () => {
    const { token } = posting((fields) =>
      redirect(fields, { access_token: 'gone-astray-7' }, 'https://evil.example.com/'),
    );
    const error: unknown = await token().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'unavailable' });
    expect(JSON.stringify(error) + String(error)).not.toContain('gone-astray-7');
  });

  test('a token of another request is not taken', async () => {
    const { token } = posting(() => ({
      status: 302,
      headers: { location: `${redirectUri}#access_token=x&state=another` },
    }));
    await expect(token()).rejects.toMatchObject({ kind: 'unauthenticated' });
  });
});

test.each(['access_token', 'id_token'])('an %s with a line break is unexpected', async (field) => {
  const { token } = posting((fields) =>
    redirect(fields, { access_token: 'opaque-token-8', [field]: 'a\nb\r\nX: y' }),
  );
  await expect(token()).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining(`did not send a valid response: ${field}`),
  });
});
