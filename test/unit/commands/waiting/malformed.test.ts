import { beforeAll, expect, test } from '@jest/globals';
import type { Send } from '../../../../src/http/send.js';
import { toResponse, tokenBody } from '../../../support/fake-send.js';
import { fixedClock } from '../../../support/fixed-clock.js';
import { createUser } from '../../../support/cli.js';
import { loginWords } from '../../../support/headless.js';

const user = createUser();

function answering(body: unknown): { readonly send: Send; readonly looks: () => number } {
  let looks = 0;
  const send: Send = async ({ url }) => {
    if (url.endsWith('/oauth/token')) return toResponse({ body: tokenBody });
    if (url.includes('/v1/clusters/')) looks += 1;
    return toResponse({ body });
  };
  return { send, looks: () => looks };
}

beforeAll(async () => {
  expect(await user.tpks(loginWords, { send: answering([]).send })).toMatchObject({ code: 0 });
});

test.each([
  ['broken JSON', '{"name":'],
  ['a web page', '<html></html>'],
  ['a value of the wrong type', { name: 1 }],
  ['a list instead of an object', []],
])('wait ends after %s five times', async (_what, body) => {
  const { send, looks } = answering(body);
  const result = await user.tpks(['wait', 'dev-1'], { send, clock: fixedClock() });
  expect({ code: result.code, looks: looks() }).toEqual({ code: 5, looks: 5 });
});
