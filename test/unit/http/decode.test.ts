import { expect, test } from '@jest/globals';
import { readJson } from '../../../src/http/decode.js';
import { toResponse } from '../../support/fakes/fake-send.js';

test('accepts valid JSON with any content type', async () => {
  const headers = { 'content-type': 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8' };
  expect(await readJson(toResponse({ headers, body: '[{"name":"dev-1"}]' }))).toEqual([
    { name: 'dev-1' },
  ]);
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
