import { describe, expect, test } from '@jest/globals';
import { createRawObjects } from '../../../src/uaa/raw-objects.js';
import { fakeSend, ok, query } from './fake-send.js';

/** Reads a list whose pages are created from their start index. */
function readList(createPage: (start: number) => object) {
  const { send, requests } = fakeSend((request) =>
    createPage(Number(query(request)['startIndex'])),
  );
  const list = createRawObjects(send, 'https://uaa.example.com').list(['Groups'], { filter: 'a' });
  return { list, requests };
}

describe('a list', () => {
  test('is read page by page, without a page size', async () => {
    const { list, requests } = readList((id) => ({ resources: [{ id }], totalResults: 3 }));
    expect(await list).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(requests.map(query)).toEqual(
      ['1', '2', '3'].map((startIndex) => ({ filter: 'a', startIndex })),
    );
  });

  test('ends with an empty page', async () => {
    const empty = readList((start) => ({
      resources: start === 1 ? [{ id: 1 }] : [],
      totalResults: 9,
    }));
    expect(await empty.list).toEqual([{ id: 1 }]);
  });

  test.each([undefined, null, '3', true, [3]])(
    'ends with its first page if its total is %j',
    async (totalResults) => {
      const { list } = readList((id) => ({ resources: [{ id }], totalResults }));
      expect(await list).toEqual([{ id: 1 }]);
    },
  );

  test.each<[string, (start: number) => object, unknown, number]>([
    [
      'claims more than 1,000,000 results',
      (start) => ({ resources: [{ id: start }], totalResults: 500_001 * start }),
      'The UAA returned an invalid list (totalResults: it is larger than 1,000,000)',
      2,
    ],
    [
      'has no resources',
      () => ({ totalResults: 1 }),
      expect.stringContaining('The UAA returned an invalid list (resources: '),
      1,
    ],
  ])('is rejected if it %s', async (_name, createPage, message, count) => {
    const { list, requests } = readList(createPage);
    await expect(list).rejects.toMatchObject({ kind: 'unavailable', message });
    expect(requests).toHaveLength(count);
  });

  test('is rejected if all pages together are larger than 128 MiB', async () => {
    // Three bytes per character.
    const padding = '\u3000'.repeat(5 * 1024 * 1024);
    const { send, requests } = fakeSend(() => ({}));
    const list = createRawObjects(
      async (request) => {
        await send(request);
        const id = Number(query(request)['startIndex']);
        const page = { resources: [{ id }], totalResults: id + 1 };
        return ok(JSON.stringify(page).replace('{', `{"padding":"${padding}",`));
      },
      'https://uaa.example.com',
    ).list(['Groups'], {});
    await expect(list).rejects.toMatchObject({ message: 'The list is larger than 128 MiB' });
    expect(requests).toHaveLength(9);
  });

  test('can have a page with more objects than a call can have arguments', async () => {
    const page = `{"resources":[${'{},'.repeat(149_999)}{}],"totalResults":150000}`;
    const { list } = createRawObjects(async () => ok(page), 'https://uaa.example.com');
    expect(await list(['Groups'], {})).toHaveLength(150_000);
  });
});
