import { describe, expect, test } from '@jest/globals';
import { readJson } from '../../../../src/api/client/api-client.js';
import { withStatusErrors } from '../../../../src/api/client/api-error.js';
import { fakeSend, type FakeResponse, toResponse } from '../../../support/fakes/fake-send.js';

const request = { method: 'GET', url: 'https://api.example.com:9021/v1/clusters' };

/** @returns the status, or the error that the response causes. */
async function sendAndCatch(answer: FakeResponse): Promise<unknown> {
  const send = withStatusErrors(fakeSend(answer).send);
  return send(request).then(
    ({ status }) => status,
    (error: unknown) => error,
  );
}

test.each([200, 201, 202, 204])('passes on a response with status %i', async (status) => {
  expect(await sendAndCatch({ status })).toBe(status);
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
])(
  'converts status %i to the error kind %s, with a hint for temporary errors',
  async (status, kind) => {
    const hint = kind === 'unavailable' ? 'try again later' : undefined;
    const message = `The server returned HTTP ${String(status)}`;
    expect(await sendAndCatch({ status })).toMatchObject({ kind, status, message, hint });
  },
);

describe('the error message', () => {
  test.each([
    ['from the PKS API', { body: 'no such plan', status: 400 }, 'no such plan'],
    ['from an OAuth error', { error: 'x', error_description: 'invalid x' }, 'invalid x'],
    ['from a Spring error', { message: 'Bad Request', path: '/v1' }, 'Bad Request'],
    ['from HTML entities', { message: '&lt;b&gt; &#39;x&#x27; &QUOT; &auml;' }, `<b> 'x' " ä`],
    ['from a text that was escaped twice', { message: '&amp;lt;' }, '&lt;'],
  ])('is read %s', async (_name, body, message) => {
    expect(await sendAndCatch({ status: 400, body })).toMatchObject({ message });
  });

  test.each(['', '<html>Bad gateway</html>', '[]', '"text"', 'null', { error_description: 7 }])(
    'states the status if the body is %j',
    async (body) => {
      const message = 'The server returned HTTP 502';
      expect(await sendAndCatch({ status: 502, body })).toMatchObject({ message });
    },
  );
});

describe('a redirect', () => {
  const redirect = (location?: string): Promise<unknown> =>
    sendAndCatch({ status: 302, headers: location === undefined ? {} : { location } });

  test.each([
    'https://evil.example.com/',
    'http://api.example.com:9021/v1/clusters',
    'https://api.example.com/',
    '//evil.example.com/',
  ])('to another origin (%s) is an untrusted-server error', async (location) => {
    expect(await redirect(location)).toMatchObject({
      kind: 'untrusted',
      message: expect.stringMatching(
        /^api.example.com:9021 redirected the request to .* \(HTTP 302\), which is another host/,
      ),
      hint: expect.stringContaining('no secrets were sent to the other host'),
    });
  });

  test('to the same origin is an error', async () => {
    expect(await redirect('/login')).toMatchObject({
      kind: 'unavailable',
      message:
        'api.example.com:9021 redirected the request to https://api.example.com:9021/login (HTTP 302)',
    });
  });

  test.each([undefined, 'https://'])(
    'without a valid address (%s) is an invalid response',
    async (location) => {
      expect(await redirect(location)).toMatchObject({
        kind: 'unavailable',
        message: 'api.example.com:9021 did not send a valid response: HTTP 302',
      });
    },
  );

  test.each([300, 304, 305, 306, 399])(
    'with status %i is an invalid response, with or without a Location header',
    async (status) => {
      for (const headers of [{}, { location: 'https://evil.example.com/' }]) {
        expect(await sendAndCatch({ status, headers })).toMatchObject({
          kind: 'unavailable',
          status,
          message: `api.example.com:9021 did not send a valid response: HTTP ${String(status)}`,
        });
      }
    },
  );
});

test.each([
  ['', 'an empty response instead of JSON'],
  [' \n', 'an empty response instead of JSON'],
  ['<html>Sign in</html>', 'a web page instead of JSON'],
  ['\n <!DOCTYPE html>', 'a web page instead of JSON'],
  ['[{"name":"dev-1"', 'invalid JSON'],
  ['hello', 'invalid JSON'],
])('reports %j as %s and suggests to try again', async (body, problem) => {
  await expect(readJson(toResponse({ body }))).rejects.toMatchObject({
    kind: 'unavailable',
    message: `The server returned ${problem}`,
    hint: expect.stringContaining('try again'),
    status: 200,
  });
});

test('rejects JSON with more than 200 levels, which recursive code could not process', async () => {
  const nest = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  expect(await readJson(toResponse({ body: nest(200) }))).toBeInstanceOf(Array);
  for (const levels of [201, 100_000]) {
    await expect(readJson(toResponse({ body: nest(levels) }))).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'The server did not send a valid response: the JSON has more than 200 levels',
    });
  }
});
