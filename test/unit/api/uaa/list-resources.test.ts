import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { formatEquals, createFilters } from '../../../../src/api/uaa/filters.js';
import {
  type ListQuery,
  listResources,
  createRawObjects,
} from '../../../../src/api/uaa/list-resources.js';
import { userColumns } from '../../../../src/api/uaa/query-hints.js';
import { createUaaApi } from '../../../../src/api/uaa/uaa-api.js';
import { TpksError } from '../../../../src/base/errors.js';
import type { Send } from '../../../../src/platform/http/send.js';
import { fakeSend, ok, query } from './fake-send.js';

const type = { noun: 'thing', schema: v.looseObject({}) };

function listThings(send: Send, query: ListQuery = {}) {
  const api = createUaaApi(send, 'https://uaa.example.com');
  return listResources(type, { api, path: ['Users'], query, columns: userColumns });
}

/** A list of numbered items that is split into pages like a list of the UAA. */
function sendPages(total: number, longestPage = 500) {
  return fakeSend((request) => {
    const { startIndex = '1', count = '100' } = query(request);
    const start = Number(startIndex);
    const size = Math.min(Number(count), longestPage, Math.max(0, total - start + 1));
    return {
      resources: Array.from({ length: size }, (_, index) => ({ id: start + index })),
      totalResults: total,
    };
  });
}

async function ids(send: ReturnType<typeof fakeSend>['send'], asked: ListQuery = {}) {
  return (await listThings(send, asked)).map(({ id }) => id);
}

describe('a list', () => {
  test('is read completely, with as few requests as the server allows', async () => {
    const { send, requests } = sendPages(1201);
    expect(await ids(send)).toEqual(Array.from({ length: 1201 }, (_, index) => index + 1));
    expect(requests.map(query)).toEqual([
      { startIndex: '1', count: '500' },
      { startIndex: '501', count: '500' },
      { startIndex: '1001', count: '500' },
    ]);
  });

  test('is read completely from a server with shorter pages', async () => {
    const { send, requests } = sendPages(7, 3);
    expect(await ids(send)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(requests).toHaveLength(3);
  });

  test('with a limit over several pages is requested only up to the limit', async () => {
    const { send, requests } = sendPages(1201);
    expect(await ids(send, { limit: 501 })).toHaveLength(501);
    expect(requests.map(query)).toEqual([
      { startIndex: '1', count: '500' },
      { startIndex: '501', count: '1' },
    ]);
  });

  test('is never longer than the limit, even if the server sends more', async () => {
    const { send } = fakeSend(() => ({ resources: [{ id: 1 }, { id: 2 }], totalResults: 2 }));
    expect(await ids(send, { limit: 1 })).toEqual([1]);
  });

  test('with an empty page before its end is an error', async () => {
    const { send, requests } = fakeSend(() => ({ resources: [], totalResults: 5 }));
    await expect(ids(send)).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'The UAA returned an empty page (startIndex 1 of 5)',
    });
    expect(requests).toHaveLength(1);
  });

  test('is requested with the given filter, attributes and order', async () => {
    const { send, requests } = sendPages(0);
    await ids(send, {
      filter: 'userName eq "a&b+c"',
      attributes: ['id', 'userName'],
      sortBy: 'created',
      descending: true,
    });
    expect(requests.map(query)).toEqual([
      {
        filter: 'userName eq "a&b+c"',
        attributes: 'id,userName',
        sortBy: 'created',
        sortOrder: 'descending',
        startIndex: '1',
        count: '500',
      },
    ]);
  });

  test.each([[{}], [[]], [{ resources: [1], totalResults: 1 }], [{ resources: [] }]])(
    'is rejected if the response is %j',
    async (answer) => {
      const { send } = fakeSend(() => answer);
      await expect(ids(send)).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('returned an invalid list'),
      });
    },
  );

  test('that the server rejects has a hint with an example', async () => {
    const { send } = fakeSend(() => {
      throw new TpksError('failed', 'Invalid filter expression: [x y]', { status: 400 });
    });
    await expect(ids(send, { filter: 'x y' })).rejects.toMatchObject({
      kind: 'failed',
      message: 'Invalid filter expression: [x y]',
      status: 400,
      hint: expect.stringMatching(/^example filter: .* \(operators: eq, /),
    });
  });
});

describe('a list with faulty paging', () => {
  /** Reads a list until it ends or fails. */
  async function read(answer: (start: number, count: number) => object, asked: ListQuery = {}) {
    const { send, requests } = fakeSend((request) => {
      const { startIndex, count } = query(request);
      return answer(Number(startIndex), Number(count));
    });
    try {
      const receivedIds = (await listThings(send, asked)).map(({ id }) => id);
      return { receivedIds, error: undefined, requests: requests.length };
    } catch (error) {
      return { receivedIds: [], error, requests: requests.length };
    }
  }
  const createItems = (start: number, length: number) =>
    Array.from({ length }, (_, index) => ({ id: start + index }));
  const repeated = expect.objectContaining({
    kind: 'unavailable',
    message: expect.stringContaining('The UAA returned a page that it had already returned'),
  });

  test.each<[string, (count: number) => object[]]>([
    ['ignores startIndex', (count) => createItems(1, count)],
    ['ignores startIndex and sends fewer items', () => createItems(1, 1)],
  ])(
    'ends after two requests if the server %s and claims 1,000,000 results',
    async (_name, createRepeated) => {
      let isFirst = true;
      const { error, requests } = await read((_start, count) => {
        const resources = isFirst ? createItems(1, count) : createRepeated(count);
        isFirst = false;
        return { resources, totalResults: 1e6 };
      });
      expect(error).toEqual(repeated);
      expect(requests).toBe(2);
    },
  );

  test('recognizes repeated items even if their other fields have changed', async () => {
    let asked = 0;
    const { error, requests } = await read((_start, count) => {
      asked += 1;
      const resources = createItems(1, count).map((one) => ({ ...one, lastLogonTime: asked }));
      return { resources, totalResults: 1e6 };
    });
    expect(error).toEqual(repeated);
    expect(requests).toBe(2);
  });

  test('does not compare pages of objects without ids', async () => {
    const { send } = fakeSend((request) => ({
      resources: createItems(1, Number(query(request)['count'])).map(() => ({ active: true })),
      totalResults: 1500,
    }));
    expect(await listThings(send, { attributes: ['active'] })).toEqual(
      Array.from({ length: 1500 }, () => ({ active: true })),
    );
  });

  test.each([-1, 0.5, 1_000_001, '3', null])('is rejected if its total is %j', async (total) => {
    const { error, requests } = await read(() => ({
      resources: createItems(1, 1),
      totalResults: total,
    }));
    expect(error).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('The UAA returned an invalid list (totalResults: '),
    });
    expect(requests).toBe(1);
  });

  test('is rejected if it has more than 10,000 pages', async () => {
    let requests = 0;
    const page = ok('{"resources":[{}],"totalResults":100000}');
    const send: Send = async () => {
      requests += 1;
      return page;
    };
    await expect(listThings(send)).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'The UAA returned an invalid list (it has more than 10,000 pages)',
    });
    expect(requests).toBe(10_001);
  });

  test('ends earlier if the total shrinks', async () => {
    const { receivedIds, error, requests } = await read((start) =>
      start === 1
        ? { resources: createItems(1, 500), totalResults: 1200 }
        : { resources: [], totalResults: 400 },
    );
    expect({ receivedIds: receivedIds.length, error, requests }).toEqual({
      receivedIds: 500,
      error: undefined,
      requests: 2,
    });
  });
});

describe('a comparison in a filter', () => {
  test.each([
    ['cody', 'userName eq "cody"'],
    ['x" or userName eq "bob', String.raw`userName eq "x\" or userName eq \"bob"`],
    [String.raw`back\slash`, String.raw`userName eq "back\\slash"`],
    ["o'brien", String.raw`userName eq "o\u0027brien"`],
    ['line\nend', String.raw`userName eq "line\nend"`],
    ['ü', 'userName eq "ü"'],
  ])('contains %j as one value', (name, filter) => {
    expect(formatEquals('userName', name)).toBe(filter);
  });
});

describe('filters for many values', () => {
  const names = (count: number, length = 6) =>
    Array.from({ length: count }, (_, index) =>
      formatEquals('userName', String(index).padStart(length, 'x')),
    );

  test('contain each value once, in as few requests as their number and length allow', () => {
    expect(createFilters([])).toEqual([]);
    expect(createFilters(['a eq "1"', 'b eq "2"', 'a eq "1"'])).toEqual(['a eq "1" or b eq "2"']);
    const filters = createFilters(names(120));
    expect(filters.map((filter) => filter.split(' or ').length)).toEqual([50, 50, 20]);
    expect(filters.join(' or ')).toBe(names(120).join(' or '));
    for (const filter of createFilters(names(40, 255))) {
      expect(encodeURIComponent(filter).length).toBeLessThan(4000);
    }
    expect(createFilters(names(2, 5000))).toHaveLength(2);
  });
});

/** Reads a list whose pages are created from their start index. */
function readList(createPage: (start: number) => object) {
  const { send, requests } = fakeSend((request) =>
    createPage(Number(query(request)['startIndex'])),
  );
  const list = createRawObjects(send, 'https://uaa.example.com').list(['Groups'], { filter: 'a' });
  return { list, requests };
}

describe('a raw list', () => {
  test('is read page by page, without a page size', async () => {
    const { list, requests } = readList((id) => ({ resources: [{ id }], totalResults: 3 }));
    expect(await list).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(requests.map(query)).toEqual(
      ['1', '2', '3'].map((startIndex) => ({ filter: 'a', startIndex })),
    );
  });

  test.each([undefined, '3'])(
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
    const pages = [
      '{"resources":[{"id":1}],"totalResults":2}',
      // Two bytes per character: the second page alone is not too large.
      'é'.repeat(64 * 1024 * 1024),
    ];
    const send: Send = async () => ok(pages.shift() ?? '');
    const list = createRawObjects(send, 'https://uaa.example.com').list(['Groups'], {});
    await expect(list).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'The list is larger than 128 MiB',
    });
  });
});
