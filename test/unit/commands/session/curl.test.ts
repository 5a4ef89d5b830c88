import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Send } from '../../../../src/http/send.js';
import { probeResponse, toResponse, tokenBody } from '../../../support/fakes/fake-send.js';
import { createUser } from '../../../support/program/cli.js';
import { loginCommand } from '../../../support/program/headless.js';

const user = createUser();
const body = '\u001b[31mred\u001b[0m\r\n\ttab \u0007\u202e\u009b2J ü漢\n';

/** Sends the body one byte at a time, so that multibyte characters are split. */
const send: Send = async ({ method, url }) => {
  if (url.endsWith('/oauth/token')) return toResponse({ body: tokenBody });
  if (method === 'HEAD') return toResponse(probeResponse);
  return {
    ...toResponse({ headers: { 'x-title': '\u001b]0;owned\u0007' } }),
    stream: async function* () {
      for (const byte of Buffer.from(body)) yield await Promise.resolve(Buffer.of(byte));
    },
  };
};

beforeAll(async () => {
  expect(await user.tpks(loginCommand, { send })).toMatchObject({
    code: 0,
  });
});

describe.each(['curl', 'uaa curl'])('tpks %s', (command) => {
  const words = command.split(' ');

  test('writes the response to a pipe unchanged', async () => {
    const { stdout } = await user.tpks([...words, '/x', '-i'], { send });
    expect(stdout).toBe(`HTTP 200\nx-title: \u001b]0;owned\u0007\n\n${body}`);
  });

  test('escapes control characters on a terminal', async () => {
    const { stdout } = await user.tpks([...words, '/x', '-i'], { send, terminalColumns: 80 });
    expect(stdout).toBe(
      'HTTP 200\nx-title: \\x1b]0;owned\\x07\n\n' +
        '\\x1b[31mred\\x1b[0m\r\n\ttab \\x07\\u202e\\x9b2J ü漢\n',
    );
  });
});
