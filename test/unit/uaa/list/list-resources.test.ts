import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { TpksError } from '../../../../src/errors.js';
import type { Send } from '../../../../src/http/send.js';
import { createUaaApi } from '../../../../src/uaa/api.js';
import {
  formatEquals,
  createFilters,
  type ListQuery,
} from '../../../../src/uaa/list/list-query.js';
import { listResources } from '../../../../src/uaa/list/list-resources.js';
import { fakeSend, ok, query } from '../fake-send.js';

const type = { noun: 'thing', schema: v.looseObject({}) };

function listed(send: Send, query: ListQuery = {}) {
  const api = createUaaApi(send, 'https://uaa.example.com');
  return listResources(type, { api, path: ['Users'], query });
}

/** A list of numbers, cut into pages as UAA does. */
function listOf(total: number, longestPage = 500) {
  return fakeSend((request) => {
    const { startIndex = '1', count = '100' } = query(request);
    const start = Number(startIndex);
    const size = Math.min(Number(count), longestPage, Math.max(0, total - start + 1));
    return {
      resources: Array.from({ length: size }, (_, at) => ({ id: start + at })),
      totalResults: total,
    };
  });
}

async function ids(send: ReturnType<typeof fakeSend>['send'], asked: ListQuery = {}) {
  const found = [];
  for await (const { id } of listed(send, asked)) found.push(id);
  return found;
}

describe('a list', () => {
  test('comes whole, in as few requests as the server allows', async () => {
    const { send, requests } = listOf(1201);
    expect(await ids(send)).toEqual(Array.from({ length: 1201 }, (_, at) => at + 1));
    expect(requests.map(query)).toEqual([
      { startIndex: '1', count: '500' },
      { startIndex: '501', count: '500' },
      { startIndex: '1001', count: '500' },
    ]);
  });

  test('comes whole from a server with shorter pages', async () => {
    const { send, requests } = listOf(7, 3);
    expect(await ids(send)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(requests).toHaveLength(3);
  });

  test('that ends with a page needs no request more', async () => {
    const { send, requests } = listOf(500);
    expect(await ids(send)).toHaveLength(500);
    expect(requests).toHaveLength(1);
  });

  test('in part is asked for in part', async () => {
    const { send, requests } = listOf(1201);
    expect(await ids(send, { start: 3, limit: 2 })).toEqual([3, 4]);
    expect(requests.map(query)).toEqual([{ startIndex: '3', count: '2' }]);
  });

  test('in a part of several pages asks for no more than the part', async () => {
    const { send, requests } = listOf(1201);
    expect(await ids(send, { limit: 501 })).toHaveLength(501);
    expect(requests.map(query)).toEqual([
      { startIndex: '1', count: '500' },
      { startIndex: '501', count: '1' },
    ]);
  });

  test('never has more than was asked for, whatever the server sends', async () => {
    const { send } = fakeSend(() => ({ resources: [{ id: 1 }, { id: 2 }], totalResults: 2 }));
    expect(await ids(send, { limit: 1 })).toEqual([1]);
  });

  test('that is empty before its end is an error, not a shorter list', async () => {
    const { send, requests } = fakeSend(() => ({ resources: [], totalResults: 5 }));
    await expect(ids(send)).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'The UAA returned an empty page (startIndex 1 of 5)',
    });
    expect(requests).toHaveLength(1);
  });

  test('asks for the next page only when it is wanted', async () => {
    const { send, requests } = listOf(1201);
    for await (const { id } of listed(send)) if (id === 500) break;
    expect(requests).toHaveLength(1);
  });

  test('passes on filter, fields and order as they are', async () => {
    const { send, requests } = listOf(0);
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
    '%j is none',
    async (answer) => {
      const { send } = fakeSend(() => answer);
      await expect(ids(send)).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('returned an invalid list'),
      });
    },
  );

  test.each(['', '<html>', '{"resources":[{"id":1}', '{"resources":[{"id":1,}],"totalResults":1}'])(
    'that is the text %j is no JSON',
    async (text) => {
      await expect(ids(async () => ok(text))).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringMatching(/^The server returned .*JSON$/),
      });
    },
  );

  test('that the server refuses says where the filter is none', async () => {
    const { send } = fakeSend(() => {
      throw new TpksError('failed', 'Invalid filter expression: [x y]', { status: 400 });
    });
    await expect(ids(send, { filter: 'x y' })).rejects.toMatchObject({
      kind: 'failed',
      message: 'Invalid filter expression: [x y]',
      status: 400,
      hint: expect.stringMatching(
        /^error in the filter at y \(character 3\): expected one of the operators eq, /,
      ),
    });
  });
});

describe('a list whose server does not page as it should', () => {
  /** Reads a list until it ends or fails. */
  async function read(answer: (start: number, count: number) => object, asked: ListQuery = {}) {
    const { send, requests } = fakeSend((request) => {
      const { startIndex, count } = query(request);
      return answer(Number(startIndex), Number(count));
    });
    const seen: unknown[] = [];
    const error: unknown = await (async () => {
      for await (const { id } of listed(send, asked)) seen.push(id);
      return undefined;
    })().catch((reason: unknown) => reason);
    return { seen, error, requests: requests.length };
  }
  const from = (start: number, length: number) =>
    Array.from({ length }, (_, at) => ({ id: start + at }));
  const repeated = expect.objectContaining({
    kind: 'unavailable',
    message: expect.stringContaining('The UAA returned a page that it had already returned'),
  });

  test.each<[string, (count: number) => object[]]>([
    ['ignores startIndex', (count) => from(1, count)],
    ['ignores startIndex and sorts at random', (count) => from(1, count).reverse()],
    ['ignores startIndex and sends ever fewer', () => from(1, 1)],
  ])('one that %s and claims 9e15 results is asked twice', async (_name, again) => {
    let isFirst = true;
    const { seen, error, requests } = await read((_start, count) => {
      const resources = isFirst ? from(1, count) : again(count);
      isFirst = false;
      return { resources, totalResults: 9e15 };
    });
    expect(error).toEqual(repeated);
    expect({ seen: seen.length, requests }).toEqual({ seen: 500, requests: 2 });
  });

  test('one that starts over gets one request more than it has pages', async () => {
    const { seen, error, requests } = await read((start, count) => ({
      resources: from(((start - 1) % 1500) + 1, count),
      totalResults: 9e15,
    }));
    expect(error).toEqual(repeated);
    expect({ seen: seen.length, requests }).toEqual({ seen: 1500, requests: 4 });
  });

  test('items whose other fields have changed are still the same items', async () => {
    let asked = 0;
    const { error, requests } = await read((_start, count) => {
      asked += 1;
      const resources = from(1, count).map((one) => ({ ...one, lastLogonTime: asked }));
      return { resources, totalResults: 9e15 };
    });
    expect(error).toEqual(repeated);
    expect(requests).toBe(2);
  });

  test('equal fields on every page do not make it a repeated page: ids are compared', async () => {
    const { send, requests } = fakeSend((request) => {
      const { startIndex, count } = query(request);
      const resources = from(Number(startIndex), Number(count));
      return { resources: resources.map((one) => ({ active: true, ...one })), totalResults: 1500 };
    });
    const seen = [];
    for await (const one of listed(send, { attributes: ['active'] })) seen.push(one);
    expect(seen).toEqual(Array.from({ length: 1500 }, () => ({ active: true })));
    expect(requests.map((request) => query(request)['attributes'])).toEqual([
      'active,id',
      'active,id',
      'active,id',
    ]);
  });

  test.each([-1, 0.5, 1e300, '3', null, Number.NaN])('a total of %j is refused', async (total) => {
    const { seen, error, requests } = await read(() => ({
      resources: from(1, 1),
      totalResults: total,
    }));
    expect(error).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('The UAA returned an invalid list (totalResults: '),
    });
    expect({ seen, requests }).toEqual({ seen: [], requests: 1 });
  });

  test('a total that shrinks ends the list earlier', async () => {
    const { seen, error, requests } = await read((start) =>
      start === 1
        ? { resources: from(1, 500), totalResults: 1200 }
        : { resources: [], totalResults: 400 },
    );
    expect({ seen: seen.length, error, requests }).toEqual({
      seen: 500,
      error: undefined,
      requests: 2,
    });
  });

  test('a total that grows is followed', async () => {
    const { seen, error } = await read((start, count) => {
      const total = start === 1 ? 501 : 700;
      return { resources: from(start, Math.min(count, total - start + 1)), totalResults: total };
    });
    expect({ seen: seen.length, error }).toEqual({ seen: 700, error: undefined });
  });

  test('a page that is longer than asked for loses nothing', async () => {
    const { seen, error, requests } = await read((start) => ({
      resources: from(start, 1300 - start),
      totalResults: 1299,
    }));
    expect({ seen, error, requests }).toEqual({
      seen: from(1, 1299).map(({ id }) => id),
      error: undefined,
      requests: 1,
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
  ])('holds %j as one value', (name, filter) => {
    expect(formatEquals('userName', name)).toBe(filter);
  });
});

describe('filters for many values', () => {
  const names = (count: number, length = 6) =>
    Array.from({ length: count }, (_, at) =>
      formatEquals('userName', String(at).padStart(length, 'x')),
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

  test('apply an origin to each filter', () => {
    expect(createFilters(['a eq "1"', 'b eq "2"'], 'ldap')).toEqual([
      '(a eq "1" or b eq "2") and origin eq "ldap"',
    ]);
  });
});
