import { describe, expect, test } from '@jest/globals';
import { readInfo } from '../../../../src/api/uaa/info.js';
import { TpksError } from '../../../../src/base/errors.js';
import { unexpectedResponseError } from '../../../../src/platform/http/response.js';
import { fakeSend, ok } from './fake-send.js';

const uaa = 'https://uaa.example.com/uaa';
const info = { app: { version: '4.30.0' }, prompts: { username: ['text', 'Email'] }, more: 1 };

test('keeps every field of the response and the path of the UAA', async () => {
  const { send, requests } = fakeSend(() => info);
  expect(await readInfo(send, uaa)).toEqual(info);
  expect(requests).toMatchObject([{ method: 'GET', url: 'https://uaa.example.com/uaa/info' }]);
});

describe('a server is', () => {
  const notUaa = { kind: 'failed', message: expect.stringContaining('is not a UAA') };

  test.each([
    ['other JSON', '{"version":"1"}'],
    [
      'a prompt without type and label, even if it is named __proto__',
      '{"app":{"version":"4.30.0"},"prompts":{"username":["text","Email"],"__proto__":null}}',
    ],
    ['a web page', '<html>'],
  ])('not a UAA if it returns %s', async (_name, text) => {
    const send = async () => ok(text);
    await expect(readInfo(send, uaa)).rejects.toMatchObject(notUaa);
  });

  test.each([400, 401, 404])('not a UAA if it returns HTTP %i', async (status) => {
    const { send } = fakeSend(() => {
      throw new TpksError('failed', 'no', { status });
    });
    await expect(readInfo(send, uaa)).rejects.toMatchObject(notUaa);
  });

  test.each([
    ['an unavailable UAA', new TpksError('unavailable', 'no', { status: 503 })],
    ['a certificate that is not trusted', new TpksError('untrusted', 'no')],
    ['a redirect to another host', new TpksError('untrusted', 'no', { status: 302 })],
    [
      'a server that switches protocols',
      unexpectedResponseError(uaa, 'it switched protocols', 101),
    ],
    ['a server that compresses', unexpectedResponseError(uaa, 'it is encoded with gzip', 200)],
    ['no response', new TpksError('unavailable', 'no')],
  ])('not judged in case of %s', async (_name, error) => {
    const { send } = fakeSend(() => {
      throw error;
    });
    await expect(readInfo(send, uaa)).rejects.toBe(error);
  });
});
