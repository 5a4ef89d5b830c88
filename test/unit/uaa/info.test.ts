import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { withStatusErrors } from '../../../src/http/status-error.js';
import { unexpectedResponseError } from '../../../src/http/unexpected-response.js';
import { createInfoEndpoint } from '../../../src/uaa/info.js';
import { toResponse } from '../../support/fakes/fake-send.js';
import { fakeSend, ok } from './fake-send.js';

const uaa = 'https://uaa.example.com/uaa';
const info = { app: { version: '4.30.0' }, prompts: { username: ['text', 'Email'] }, more: 1 };

test('keeps every field of the response and the path of the UAA', async () => {
  const { send, requests } = fakeSend(() => info);
  expect(await createInfoEndpoint(send, uaa).get()).toEqual(info);
  expect(requests).toMatchObject([{ method: 'GET', url: 'https://uaa.example.com/uaa/info' }]);
});

describe('a server is', () => {
  const notUaa = { kind: 'failed', message: expect.stringContaining('is not a UAA') };

  test('not a UAA if it returns other JSON', async () => {
    const { send } = fakeSend(() => ({ version: '1' }));
    await expect(createInfoEndpoint(send, uaa).get()).rejects.toMatchObject(notUaa);
  });

  test('not a UAA if a prompt has no type and label, even if it is named __proto__', async () => {
    const prompts = '{"username":["text","Email"],"__proto__":null}';
    const send = async () => ok(`{"app":{"version":"4.30.0"},"prompts":${prompts}}`);
    await expect(createInfoEndpoint(send, uaa).get()).rejects.toMatchObject(notUaa);
  });

  test('not a UAA if it returns a web page', async () => {
    const send = async () => ok('<html>');
    await expect(createInfoEndpoint(send, uaa).get()).rejects.toMatchObject(notUaa);
  });

  test.each([400, 401, 404])('not a UAA if it returns HTTP %i', async (status) => {
    const { send } = fakeSend(() => {
      throw new TpksError('failed', 'no', { status });
    });
    await expect(createInfoEndpoint(send, uaa).get()).rejects.toMatchObject(notUaa);
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
    await expect(createInfoEndpoint(send, uaa).get()).rejects.toBe(error);
  });

  test.each([
    [302, {}, 'HTTP 302'],
    [304, {}, 'HTTP 304'],
    [302, { location: '/login' }, 'redirect'],
    [429, {}, 'HTTP 429'],
  ])('unavailable if it returns HTTP %i with %j (%s)', async (status, headers, message) => {
    const send = withStatusErrors(async () => toResponse({ status, headers }));
    await expect(createInfoEndpoint(send, uaa).get()).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining(message),
    });
  });
});
