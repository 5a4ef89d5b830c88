import { expect, test } from '@jest/globals';
import { readJson } from '../../../src/http/decode.js';
import { toResponse } from '../../support/fake-send.js';

test('JSON is read by what it holds, not by its Content-Type', async () => {
  const headers = { 'content-type': 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8' };
  expect(await readJson(toResponse({ headers, body: '[{"name":"dev-1"}]' }))).toEqual([
    { name: 'dev-1' },
  ]);
});

test.each([
  ['', 'nothing'],
  [' \n', 'nothing'],
  ['<html>Sign in</html>', 'a web page'],
  ['\n <!DOCTYPE html>', 'a web page'],
  ['[{"name":"dev-1"', 'broken JSON'],
  ['hello', 'broken JSON'],
])('%j is %s, and worth another try', async (body, what) => {
  await expect(readJson(toResponse({ body }))).rejects.toMatchObject({
    kind: 'unavailable',
    message: `The server answered with ${what} instead of JSON`,
    hint: expect.stringContaining('try again'),
    status: 200,
  });
});
