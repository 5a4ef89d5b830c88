import { expect, test } from '@jest/globals';
import { readReviewContent } from '../../../../src/domain/access-review/content.js';
import { toResponse } from '../../../support/fakes/fake-send.js';

const uaa = 'https://uaa.example.com:8443';
const aUser = (id: string) => ({ id, userName: `name-of-${id}`, origin: 'uaa', active: false });

test('users who move to another page during the review are found exactly once', async () => {
  const page = (resources: readonly object[], totalResults: number) => ({
    body: { resources, totalResults },
  });
  const respond = (url: URL) => {
    const { pathname, searchParams } = url;
    const filter = searchParams.get('filter') ?? '';
    if (pathname === '/identity-providers') return { body: [] };
    if (pathname === '/Groups') {
      const members = ['b', 'c', 'gone'].map((value) => ({ value, type: 'USER', origin: 'uaa' }));
      return page([{ id: 'group', displayName: 'team', members }], 1);
    }
    if (pathname !== '/Users') return page([], 0);
    if (filter !== '') {
      const found = ['c', 'gone'].filter((id) => filter.includes(`"${id}"`) && id !== 'gone');
      return page(found.map(aUser), found.length);
    }
    // A new user moves b to the second page, and a deletion moves c to the first one.
    const pages: Readonly<Record<string, readonly string[]>> = { 1: ['a', 'b'], 3: ['b', 'd'] };
    return page((pages[searchParams.get('startIndex') ?? ''] ?? []).map(aUser), 4);
  };
  const { users } = await readReviewContent(
    async ({ url }) => toResponse(respond(new URL(url))),
    uaa,
  );
  expect(users.map(({ id }) => id)).toEqual(['a', 'b', 'd', 'c']);
  expect(users.every(({ active }) => active === false)).toBe(true);
});
