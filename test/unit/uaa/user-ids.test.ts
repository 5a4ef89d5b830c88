import { expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { createUserIds } from '../../../src/uaa/users.js';
import { fakeSend, query } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const cody = { id: 'c-1', userName: 'cody', origin: 'uaa' };

function createTestUserIds(...resources: readonly object[]) {
  const { send, requests } = fakeSend(() => ({ resources, totalResults: resources.length }));
  return { ids: createUserIds(send, uaa), requests };
}

test('looks up names and ids together, including users of inactive providers', async () => {
  const { ids, requests } = createTestUserIds(cody);
  const found = await ids.find({ names: ['CODY', 'x" or "'], ids: ['d-1'], origin: 'uaa' });
  expect(found).toEqual([cody]);
  expect(requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`)).toEqual([
    'GET /ids/Users',
  ]);
  expect(requests.map(query)).toEqual([
    {
      includeInactive: 'true',
      filter:
        '(userName eq "CODY" or userName eq "x\\" or \\"" or id eq "d-1") and origin eq "uaa"',
      startIndex: '1',
      count: '500',
    },
  ]);
});

test('looks up fifty names per request and returns each user once', async () => {
  const { ids, requests } = createTestUserIds(cody);
  const names = [...Array.from({ length: 100 }, (_, index) => `user-${index}`), 'cody'];
  expect(await ids.find({ names, ids: [] })).toEqual([cody]);
  expect(requests).toHaveLength(3);
});

test('omits users that were not requested', async () => {
  const { ids } = createTestUserIds(cody);
  expect(await ids.find({ names: ['cod_'], ids: [] })).toEqual([]);
});

test('suggests another command if the UAA has disabled the lookup', async () => {
  const { send } = fakeSend(() => {
    throw new TpksError('failed', 'Illegal operation.', { status: 400, oauthError: 'scim' });
  });
  const lookup = createUserIds(send, uaa).find({ names: ['cody'], ids: [] });
  await expect(lookup).rejects.toMatchObject({
    message: 'Illegal operation.',
    hint: expect.stringContaining('tpks uaa users'),
  });
});
