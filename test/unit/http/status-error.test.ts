import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { withStatusErrors } from '../../../src/http/status-error.js';
import { fakeSend, type FakeAnswer } from '../../support/fake-send.js';

const request = { method: 'GET', url: 'https://api.example.com:9021/v1/clusters' };

/** What comes of an answer. */
async function outcome(answer: FakeAnswer): Promise<unknown> {
  const send = withStatusErrors(fakeSend(answer).send);
  return send(request).then(
    ({ status }) => status,
    (error: unknown) => error,
  );
}

test.each([200, 201, 202, 204])('%i is a success', async (status) => {
  expect(await outcome({ status })).toBe(status);
});

test.each([
  [400, 'failed'],
  [401, 'unauthenticated'],
  [403, 'forbidden'],
  [404, 'notFound'],
  [405, 'failed'],
  [408, 'unavailable'],
  [409, 'conflict'],
  [412, 'conflict'],
  [422, 'failed'],
  [429, 'unavailable'],
  [500, 'unavailable'],
  [502, 'unavailable'],
  [503, 'unavailable'],
])('%i is %s, and a passing trouble says try again', async (status, kind) => {
  const hint = kind === 'unavailable' ? 'try again later' : undefined;
  const message = `The server returned HTTP ${String(status)}`;
  expect(await outcome({ status })).toMatchObject({ kind, status, message, hint });
});

describe('the server’s message', () => {
  test.each([
    ['of the PKS API', { body: 'no such plan', status: 400 }, 'no such plan'],
    ['of OAuth', { error: 'x', error_description: 'it is so' }, 'it is so'],
    ['of Spring', { message: 'Bad Request', path: '/v1' }, 'Bad Request'],
    ['escaped for HTML', { message: '&lt;b&gt; &#39;x&#x27; &QUOT; &auml;' }, `<b> 'x' " ä`],
    ['escaped once', { message: '&amp;lt;' }, '&lt;'],
    ['without entities', { message: 'a & b &; &unknown; &copy=1' }, 'a & b &; &unknown; &copy=1'],
    [
      'with names of members',
      { message: '&constructor; &__proto__;' },
      '&constructor; &__proto__;',
    ],
    ['with invalid code points', { message: '&#0; &#xd800; &#1114112;' }, '\ufffd \ufffd \ufffd'],
  ])('%s', async (_name, body, message) => {
    expect(await outcome({ status: 400, body })).toMatchObject({ message });
  });

  test.each(['', '<html>Bad gateway</html>', '[]', '"text"', 'null', { error_description: 7 }])(
    '%j has none: the status stands for it',
    async (body) => {
      const message = 'The server returned HTTP 502';
      expect(await outcome({ status: 502, body })).toMatchObject({ message });
    },
  );

  test('the OAuth error code is passed on', async () => {
    const body = { error: 'insufficient_scope', error_description: 'no' };
    expect(await outcome({ status: 403, body })).toMatchObject({
      oauthError: 'insufficient_scope',
    });
  });
});

describe('redirects', () => {
  const to = (location?: string): Promise<unknown> =>
    outcome({ status: 302, headers: location === undefined ? {} : { location } });

  test.each([
    'https://evil.example.com/',
    'http://api.example.com:9021/v1/clusters',
    'https://api.example.com/',
    '//evil.example.com/',
  ])('to another origin (%s) are unsafe', async (location) => {
    expect(await to(location)).toMatchObject({
      kind: 'untrusted',
      message: expect.stringMatching(
        /^api.example.com:9021 redirected the request to .* \(HTTP 302\), which is another host/,
      ),
      hint: expect.stringContaining('no secrets were sent there'),
    });
  });

  test('to the same origin are errors as well', async () => {
    expect(await to('/login')).toMatchObject({
      kind: 'unavailable',
      message:
        'api.example.com:9021 redirected the request to https://api.example.com:9021/login (HTTP 302)',
    });
  });

  test.each([undefined, 'https://'])(
    'without a usable address (%s) are unexpected responses',
    async (location) => {
      expect(await to(location)).toMatchObject({
        kind: 'unavailable',
        message: 'api.example.com:9021 did not send a valid response: HTTP 302',
      });
    },
  );

  test.each([300, 304, 305, 306, 399])(
    '%i is an unexpected response, with or without a Location header',
    async (status) => {
      for (const headers of [{}, { location: 'https://evil.example.com/' }]) {
        expect(await outcome({ status, headers })).toMatchObject({
          kind: 'unavailable',
          status,
          message: `api.example.com:9021 did not send a valid response: HTTP ${String(status)}`,
        });
      }
    },
  );
});

test('the caller can replace the error with a clearer one', async () => {
  const { send } = fakeSend({ status: 404, body: { body: 'x' } });
  const explained = withStatusErrors(send, ({ status, message, request: { url } }) =>
    status === 404 ? new TpksError('notFound', `${url}: ${message}`) : undefined,
  );
  await expect(explained(request)).rejects.toThrow(`${request.url}: x`);
});
