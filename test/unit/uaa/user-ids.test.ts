import { expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { createUserIds } from '../../../src/uaa/user-ids.js';
import { fakeSend, query } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const cody = { id: 'c-1', userName: 'cody', origin: 'uaa' };

function serving(...resources: readonly object[]) {
  const { send, requests } = fakeSend(() => ({ resources, totalResults: resources.length }));
  return { ids: createUserIds(send, uaa), requests };
}

test('names and ids are looked up together, users of inactive providers too', async () => {
  const { ids, requests } = serving(cody);
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

test('many names are looked up fifty per request, and each user is returned once', async () => {
  const { ids, requests } = serving(cody);
  const names = [...Array.from({ length: 100 }, (_, at) => `user-${at}`), 'cody'];
  expect(await ids.find({ names, ids: [] })).toEqual([cody]);
  expect(requests).toHaveLength(3);
});

test('somebody whom nobody asked for is left out', async () => {
  const { ids } = serving(cody);
  expect(await ids.find({ names: ['cod_'], ids: [] })).toEqual([]);
});

test('where it is switched off, another way is told', async () => {
  const { send } = fakeSend(() => {
    throw new TpksError('failed', 'Illegal operation.', { status: 400, oauthError: 'scim' });
  });
  const looking = createUserIds(send, uaa).find({ names: ['cody'], ids: [] });
  await expect(looking).rejects.toMatchObject({
    message: 'Illegal operation.',
    hint: expect.stringContaining('tpks uaa users'),
  });
});
