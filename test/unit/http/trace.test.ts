import { beforeEach, describe, expect, test } from '@jest/globals';
import type { HttpRequest } from '../../../src/http/send.js';
import { withTrace } from '../../../src/http/trace.js';
import { forgetSecrets, Secret } from '../../../src/secret.js';
import { fakeSend, type FakeResponse } from '../../support/fake-send.js';
import { findLeaks } from '../../support/leaks.js';

const password = `pä ss+w%C3"ord&<'`;
const token = 'eyJhbGciOiJSUzI1NiJ9.cGF5bG9hZC1vZi1hLXRva2Vu.c2lnbmF0dXJlLW9mLWEtdG9rZW4';
/** Never registered as a secret: redacted only because of the name of its field. */
const unregistered = 'made-up-by-the-server-5f1c';

async function trace(request: HttpRequest, answer: FakeResponse): Promise<string> {
  const lines: string[] = [];
  let milliseconds = 0;
  const send = withTrace(fakeSend(answer).send, {
    write: (line) => lines.push(line),
    now: () => new Date((milliseconds += 7)),
  });
  await (await send(request)).text();
  return lines.join('\n');
}

const post = (body: string, headers: Readonly<Record<string, string>> = {}): HttpRequest => ({
  method: 'POST',
  url: 'https://api.example.com:8443/oauth/token',
  headers,
  body,
});

test('shows the request and the response', async () => {
  const text = await trace(
    {
      method: 'GET',
      url: 'https://api.example.com:9021/v1/clusters',
      headers: { accept: 'application/json' },
    },
    { headers: { 'x-vcap-request-id': '17' }, body: [{ name: 'dev-1' }] },
  );
  expect(text.split('\n')).toEqual([
    '> GET https://api.example.com:9021/v1/clusters',
    '> accept: application/json',
    '< 200 after 7 ms',
    '< x-vcap-request-id: 17',
    '< [{"name":"dev-1"}]',
  ]);
});

test('passes on the response unchanged', async () => {
  const lines: string[] = [];
  const { send } = fakeSend({ status: 418, headers: { a: 'b' }, body: `{"token":"${token}"}` });
  const traced = withTrace(send, { write: (line) => lines.push(line), now: () => new Date(0) });
  const response = await traced(post(''));
  expect(response).toMatchObject({ status: 418, headers: { a: 'b' } });
  expect(await response.text()).toBe(`{"token":"${token}"}`);
});

describe('secrets recognized by field name', () => {
  test.each([
    ['the fragment', `https://x.example.com/y#token_type=bearer&access_token=${unregistered}`],
    ['the query', `http://localhost:28443/authcode?code=${unregistered}&state=s`],
  ])('are redacted in %s of a redirect address', async (_part, location) => {
    const text = await trace(post(''), { status: 302, headers: { location } });
    expect(text).not.toContain(unregistered);
    expect(text).toContain(`< location: ${location.split(/[?#]/)[0] ?? ''}`);
  });

  test.each([
    ['a form', `grant_type=password&password=${unregistered}&client_secret=${unregistered}`],
    ['the first field of a form', `passcode=${unregistered}&grant_type=password`],
    ['JSON', JSON.stringify({ userName: 'erin', password: unregistered })],
    ['JSON with a number', `{"token":123456789012, "x":"y"}`.replace('123456789012', '0x5f1c')],
    ['truncated JSON', `{"access_token":"${unregistered}`],
    ['JSON with an escaped quote', `{"secret":"\\"${unregistered}", "x":1}`],
  ])('are redacted in %s', async (_name, body) => {
    const text = await trace(post(body), { body });
    expect(findLeaks(text, { unregistered, number: '0x5f1c' })).toEqual([]);
    expect(text.match(/•••/g)?.length).toBeGreaterThanOrEqual(2);
  });

  test('are redacted in headers of requests and responses', async () => {
    const headers = {
      authorization: `Bearer ${unregistered}`,
      cookie: `JSESSIONID=${unregistered}`,
      'set-cookie': `X-Uaa-Csrf=${unregistered}`,
      'proxy-authorization': `Basic ${unregistered}`,
    };
    const text = await trace(post('', headers), { headers });
    expect(findLeaks(text, { unregistered })).toEqual([]);
    expect(text).toContain('> authorization: •••');
    expect(text).toContain('< set-cookie: •••');
  });

  test('do not include fields such as token_type', async () => {
    const text = await trace(post('grant_type=password&token_format=opaque'), {
      body: { token_type: 'bearer', scope: 'a b', error: 'invalid_token' },
    });
    expect(text).toContain('grant_type=password&token_format=opaque');
    expect(text).toContain('"token_type":"bearer","scope":"a b","error":"invalid_token"');
  });
});

describe('secrets recognized by value', () => {
  const secrets = { password, token };
  for (const value of Object.values(secrets)) new Secret(value);
  const basic = Buffer.from(`pks_cli:${password}`).toString('base64');

  test.each<[string, HttpRequest, FakeResponse]>([
    ['in an unknown field', post(`secretWord=${encodeURIComponent(password)}`), {}],
    ['in a URL', { ...post(''), url: `https://uaa/x?q=${encodeURIComponent(password)}` }, {}],
    ['in an unknown header', post('', { 'x-auth': basic, 'x-token': token }), {}],
    ['echoed in the body', post(''), { body: { echoed: password, tokens: [token] } }],
    [
      'echoed in HTML',
      post(''),
      {
        body: `<p>${password.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')}</p>`,
      },
    ],
    [
      'echoed in a header',
      post(''),
      { headers: { location: `/?p=${encodeURIComponent(password)}#${token}` } },
    ],
    ['echoed as base64', post(''), { body: `x${basic}x ${Buffer.from(token).toString('base64')}` }],
    [
      'echoed in an error',
      post(''),
      { status: 400, body: { error_description: `Bad ${password}` } },
    ],
  ])('are redacted %s', async (_name, request, answer) => {
    const text = await trace(request, answer);
    expect(findLeaks(text, secrets)).toEqual([]);
    expect(text).toContain('•••');
  });

  test('are redacted completely at the end of the displayed part', async () => {
    for (let before = 3960; before <= 4000; before += 5) {
      const text = await trace(post(''), { body: `${'x'.repeat(before)} ${password} after` });
      expect(findLeaks(text, { head: password.slice(0, 6) })).toEqual([]);
      expect(findLeaks(text, { tail: password.slice(-6) })).toEqual([]);
    }
  });
});

test('redacts a secret of 120 KB by name and by value', async () => {
  const large = 'z%"\\/+'.repeat(20_000);
  new Secret(large);
  for (const name of ['access_token', 'something']) {
    const body = { [name]: large, after: 'the end' };
    const text = await trace(post(new URLSearchParams({ [name]: large }).toString()), { body });
    expect(text).not.toContain('z%');
    expect(text).toContain(`< {"${name}":"•••","after":"the end"}... (`);
  }
});

test('shortens a long body and shows its length', async () => {
  const text = await trace(post(''), { body: 'x'.repeat(5000) });
  expect(text).toContain(`< ${'x'.repeat(4000)}... (5000 characters in total)`);
});

test('shows the request even if it fails', async () => {
  const lines: string[] = [];
  const { send } = fakeSend({ error: new Error('broken off') });
  const traced = withTrace(send, { write: (line) => lines.push(line), now: () => new Date(0) });
  await expect(traced(post('grant_type=password'))).rejects.toThrow('broken off');
  expect(lines).toEqual([
    '> POST https://api.example.com:8443/oauth/token',
    '> grant_type=password',
  ]);
});

describe('a body that is streamed', () => {
  // The longest known secret determines how much of the body is shown.
  beforeEach(forgetSecrets);

  /** @returns the body of a traced response, and the lines of the trace. */
  async function traceStream(stream: () => AsyncGenerator<Buffer>) {
    const lines: string[] = [];
    const send = withTrace(
      async () => ({
        status: 200,
        headers: {},
        text: () => Promise.reject(new Error('the body must be streamed')),
        stream,
      }),
      { write: (line) => lines.push(line), now: () => new Date(0) },
    );
    const response = await send({ method: 'GET', url: 'https://x/' });
    return { body: response.stream(), lines };
  }

  /**
   * Streams a text in pieces of `size` bytes.
   * @returns the traced body, and the text that the reader got.
   */
  async function streamText(text: string, size: number) {
    const bytes = Buffer.from(text);
    let read = 0;
    let maximumAhead = 0;
    const { body, lines } = await traceStream(async function* () {
      for (let offset = 0; offset < bytes.length; offset += size) {
        read += 1;
        yield await Promise.resolve(bytes.subarray(offset, offset + size));
      }
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of body) {
      pieces.push(piece);
      maximumAhead = Math.max(maximumAhead, read - pieces.length);
    }
    const passed = Buffer.concat(pieces).toString();
    return { body: lines.at(-1) ?? '', passed, ahead: maximumAhead };
  }

  test('is shown up to 4,000 characters, and passed on piece by piece', async () => {
    const text = `[${'{"name":"c"},'.repeat(200_000)}{}]`;
    const { body, passed, ahead } = await streamText(text, 16_384);
    expect(passed).toBe(text);
    expect(ahead).toBe(0);
    expect(body).toBe(`< ${text.slice(0, 4000)}... (more than 1 MiB in total)`);
  });

  test('is shown completely if it is short', async () => {
    expect((await streamText('[{"name":"dev-1"}]', 3)).body).toBe('< [{"name":"dev-1"}]');
  });

  test('is not shown if the connection breaks, because it may end with a part of a secret', async () => {
    const { body, lines } = await traceStream(async function* () {
      yield await Promise.resolve(Buffer.from('made-up-by-the'));
      throw new Error('broken off');
    });
    const read = async () => {
      for await (const piece of body) expect(piece).toHaveLength(14);
    };
    await expect(read()).rejects.toThrow('broken off');
    expect(lines).toEqual(['> GET https://x/', '< 200 after 0 ms']);
  });

  test.each([1, 7, 1000])(
    'does not show secrets that are split across pieces of %s bytes',
    async (size) => {
      new Secret(password);
      for (let before = 3960; before <= 4000; before += 10) {
        const text = `${'x'.repeat(before)} ${password} {"secret":"${unregistered}"} after`;
        const { body } = await streamText(text, size);
        expect(findLeaks(body, { head: password.slice(0, 6), unregistered })).toEqual([]);
      }
    },
  );

  test('does not show the start of a secret that ends far after the displayed part', async () => {
    const long = 'correct-horse-'.repeat(2000);
    new Secret(long);
    const { body } = await streamText(
      `${'x'.repeat(3900)} ${long} ${'y'.repeat(2_000_000)}`,
      16_384,
    );
    expect(body).not.toContain('correct-horse');
  });

  test('does not show a secret that is cut off at the end of the buffered part', async () => {
    const long = 'battery-staple-'.repeat(2000);
    new Secret(long);
    const { body } = await streamText(`${long} `.repeat(50), 16_384);
    expect(body).not.toContain('battery-staple');
  });
});
