import { expect, test } from '@jest/globals';
import { withStatusErrors } from '../../../src/http/status-error.js';
import { Secret } from '../../../src/secret.js';
import { createPasswordStrength } from '../../../src/uaa/user-accounts.js';
import { fakeSend, type FakeResponse } from '../../support/fakes/fake-send.js';

const uaa = 'https://uaa.example.com';

function measure(answer: FakeResponse) {
  const { send, requests } = fakeSend(answer);
  const strength = createPasswordStrength(withStatusErrors(send), uaa);
  return { requests, score: () => strength.measure(new Secret('p&ss word')) };
}

test('sends the password in a form, not in the URL', async () => {
  const { requests, score } = measure({ body: { score: 2, requiredScore: 1 } });
  expect(await score()).toEqual({ score: 2, requiredScore: 1 });
  expect(requests).toMatchObject([
    { method: 'POST', url: `${uaa}/password/score`, body: 'password=p%26ss+word' },
  ]);
});

test.each([
  { status: 302, headers: { location: '/login?error=invalid_login_request' } },
  { status: 403, body: { error: 'Could not verify the provided CSRF token' } },
  { status: 404, body: {} },
  { status: 405, body: {} },
])('reports that the UAA no longer has this function if it responds with %j', async (answer) => {
  await expect(measure(answer).score()).rejects.toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('removed this feature'),
    hint: expect.stringContaining('tpks uaa idp get uaa'),
  });
});

test.each([
  [{ status: 503, body: {} }, 'unavailable'],
  [{ status: 304 }, 'unavailable'],
  [{ status: 429, body: {} }, 'unavailable'],
  [{ status: 302, headers: { location: 'https://elsewhere.example.com/' } }, 'untrusted'],
])('reports the response %j as %s', async (answer, kind) => {
  await expect(measure(answer).score()).rejects.toMatchObject({ kind });
});
