import { beforeAll, expect, test } from '@jest/globals';
import type { Send } from '../../../../src/http/send.js';
import { toResponse, tokenBody } from '../../../support/fakes/fake-send.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { createUser } from '../../../support/program/cli.js';
import { loginCommand } from '../../../support/program/headless.js';

const user = createUser();

/** Creates a `Send` that returns this body in every response, and counts the polls. */
function respondWith(body: unknown): { readonly send: Send; readonly countPolls: () => number } {
  let polls = 0;
  const send: Send = async ({ url }) => {
    if (url.endsWith('/oauth/token')) return toResponse({ body: tokenBody });
    if (url.includes('/v1/clusters/')) polls += 1;
    return toResponse({ body });
  };
  return { send, countPolls: () => polls };
}

beforeAll(async () => {
  expect(await user.tpks(loginCommand, { send: respondWith([]).send })).toMatchObject({ code: 0 });
});

test.each([
  ['broken JSON', '{"name":'],
  ['a web page', '<html></html>'],
  ['a value of the wrong type', { name: 1 }],
  ['a list instead of an object', []],
])('tpks wait stops after five responses with %s', async (_content, body) => {
  const { send, countPolls } = respondWith(body);
  const result = await user.tpks(['wait', 'dev-1'], { send, clock: fixedClock() });
  expect({ code: result.code, polls: countPolls() }).toEqual({ code: 5, polls: 5 });
});
