import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../src/base/secret.js';
import type { HttpRequest } from '../../../../src/platform/http/send.js';
import { withTrace } from '../../../../src/platform/http/trace.js';
import { findLeaks } from '../../../support/checks/leaks.js';
import { fakeSend, type FakeResponse } from '../../../support/fakes/fake-send.js';

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

describe('secrets recognized by field name', () => {
  test.each([
    ['the fragment', `https://x.example.com/y#token_type=bearer&access_token=${unregistered}`],
    ['the query', `http://localhost:28443/authcode?code=${unregistered}&state=s`],
  ])('are redacted in %s of a redirect address', async (_part, location) => {
    const text = await trace(post(''), { status: 302, headers: { location } });
    expect(text).not.toContain(unregistered);
    expect(text).toContain(`< location: ${location.split(/[?#]/)[0] ?? ''}`);
  });

  test('are redacted in the URL of a request', async () => {
    const url = `https://api.example.com/authcode?code=${unregistered}&state=s`;
    const text = await trace({ method: 'GET', url }, { body: '' });
    expect(text).toContain('> GET https://api.example.com/authcode?code=•••&state=s');
  });

  test.each([
    ['a form', `grant_type=password&password=${unregistered}&client_secret=${unregistered}`],
    ['the first field of a form', `passcode=${unregistered}&grant_type=password`],
    ['JSON', JSON.stringify({ userName: 'erin', password: unregistered })],
    ['JSON with a number', `{"token":123456789012, "x":"y"}`.replace('123456789012', '0x5f1c')],
    ['a list of tokens of a UAA', JSON.stringify([{ tokenId: unregistered, format: 'opaque' }])],
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

test('does not show a body that is streamed', async () => {
  const lines: string[] = [];
  const send = withTrace(fakeSend({ body: 'streamed' }).send, {
    write: (line) => lines.push(line),
    now: () => new Date(0),
  });
  const response = await send({ method: 'GET', url: 'https://x/' });
  for await (const piece of response.stream())
    expect(Buffer.from(piece).toString()).toBe('streamed');
  expect(lines).toEqual(['> GET https://x/', '< 200 after 0 ms']);
});
