import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { streamList, type ListFormat } from '../../../src/http/json-stream.js';
import type { HttpResponse } from '../../../src/http/send.js';

const format = {
  maximumBytes: 32 * 1024 * 1024,
  formatError: (why: string) => new TpksError('unavailable', `not a list: ${why}`),
};
const inResources = { ...format, key: 'resources' };

function bodyOf(pieces: Iterable<Uint8Array>): HttpResponse {
  return {
    status: 200,
    headers: {},
    text: () => Promise.reject(new Error('the body must not be read whole')),
    stream: async function* () {
      for (const piece of pieces) yield await Promise.resolve(piece);
    },
  };
}

/** Cuts a text into pieces of so many bytes, each in a buffer of its own. */
function piecesOf(text: string, size: number): Uint8Array[] {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, at) =>
    Uint8Array.from(bytes.subarray(at * size, (at + 1) * size)),
  );
}

/** Joins the pieces of a body. */
async function read(pieces: Iterable<Uint8Array>, how: ListFormat) {
  const items: unknown[] = [];
  const list = streamList(bodyOf(pieces), how);
  for (;;) {
    const { done, value } = await list.next();
    if (done === true) return { frame: value, items };
    items.push(JSON.parse(value.toString('utf8')));
  }
}

const lists = [
  [],
  [{}],
  [{ id: 'a' }, { id: 'b', deep: { list: [[], {}, [{ resources: [{}] }]] } }],
  [{ text: '}]{[' }, { '"': '\\"' }, { '\\': '\\\\' }, { end: '\\' }],
  [{ userName: '日本 😀 ü \u2028 "' }],
  [{ deep: null, yes: true, many: [1.5e-3, -2] }],
];

describe.each([1, 2, 3, 7, 1000])('in pieces of %s bytes', (size) => {
  test.each(lists)('a list that is the whole body is read completely', async (...items) => {
    for (const blanks of [undefined, 2, '\t']) {
      const text = ` ${JSON.stringify(items, null, blanks)}\n`;
      expect(await read(piecesOf(text, size), format)).toEqual({ frame: [], items });
    }
  });

  test.each(lists)('a list in a member is read completely', async (...resources) => {
    for (const body of [
      { resources, totalResults: 7 },
      { totalResults: 7, note: 'resources', before: { resources: [1] }, resources, after: '}' },
    ]) {
      for (const blanks of [undefined, 2, '\t']) {
        const text = JSON.stringify(body, null, blanks);
        expect(await read(piecesOf(text, size), inResources)).toEqual({
          frame: { ...body, resources: [] },
          items: resources,
        });
      }
    }
  });
});

test('an object is returned before the next piece is read', async () => {
  const steps: string[] = [];
  function* pieces() {
    for (const text of ['[{"a":', '1}', ',{"a":2}]']) {
      steps.push(`read ${text}`);
      yield Buffer.from(text);
    }
  }
  for await (const item of streamList(bodyOf(pieces()), format)) steps.push(item.toString());
  expect(steps).toEqual(['read [{"a":', 'read 1}', '{"a":1}', 'read ,{"a":2}]', '{"a":2}']);
});

describe('a body that is not such a list', () => {
  const broken = 'The server returned invalid JSON';
  const cases: readonly (readonly [text: string, message: string])[] = [
    ['', 'The server returned an empty response instead of JSON'],
    ['  \n', 'The server returned an empty response instead of JSON'],
    ['<html>"resources":[{}]</html>', 'The server returned a web page instead of JSON'],
    ['garbage', broken],
    ['{}', 'not a list: it is not a list'],
    ['null', 'not a list: it is not a list'],
    ['"text"', 'not a list: it is not a list'],
    ['[1]', 'not a list: an item is not an object'],
    ['[[]]', 'not a list: an item is not an object'],
    ['[{},"x"]', 'not a list: an item is not an object'],
    ['[,{}]', broken],
    ['[{},]', broken],
    ['[{} {}]', broken],
    ['[{}', broken],
    ['[{}]]', broken],
    ['[{}] garbage', broken],
    ['[{"a":"', broken],
    ['[{"a":"\\', broken],
    [`[${'{"a":'.repeat(10_000)}`, 'not a list: it is nested too deeply'],
  ];
  test.each(cases.map(([text, message]) => [text.slice(0, 40), text, message]))(
    '%j is rejected',
    async (_start, text, message) => {
      for (const size of [1, 1000]) {
        await expect(read(piecesOf(text, size), format)).rejects.toMatchObject({
          kind: 'unavailable',
          message,
        });
      }
    },
  );

  test.each(
    [
      '{"resources":[1]}',
      '{"resources":[{},]}',
      '{"resources":[{}',
      '{"resources":[{}]',
      '{"resources"}',
      '{"resources":[{}]} {}',
      `{"a":${'['.repeat(10_000)}`,
      '[]',
    ].map((text) => [text.slice(0, 40), text]),
  )('%j is rejected if a member is expected', async (_start, text) => {
    for (const size of [1, 1000]) {
      await expect(read(piecesOf(text, size), inResources)).rejects.toMatchObject({
        kind: 'unavailable',
      });
    }
  });

  test.each(['{}', '{"resources":7}', '{"a":{"resources":[{}]}}', '{"resources":null}'])(
    '%j has no such member, which its frame shows',
    async (text) => {
      expect(await read(piecesOf(text, 1000), inResources)).toEqual({
        frame: JSON.parse(text) as unknown,
        items: [],
      });
    },
  );
});

describe('limits', () => {
  const endless = function* (start: string, again: string): Generator<Uint8Array> {
    yield Buffer.from(start);
    for (;;) yield Buffer.from(again);
  };
  const small = { ...format, maximumBytes: 2 * 1024 * 1024 };
  test.each<[string, string, string, ListFormat, string]>([
    ['list', '[{}', ',{"name":"x"}'.repeat(1000), small, 'a response larger than 2 MiB'],
    ['run of blanks', '[', ' '.repeat(10_000), small, 'a response larger than 2 MiB'],
    ['object', '[{"a":"', 'x'.repeat(10_000), format, 'an object larger than 16 MiB'],
    ['frame', '{"a":"', 'x'.repeat(10_000), inResources, 'a response larger than 1 MiB'],
    ['end', '[] ', ' '.repeat(10_000), format, 'a response larger than 1 MiB'],
  ])('an endless %s is rejected', async (_name, start, again, how, what) => {
    const reading = (async () => {
      let last;
      for await (const item of streamList(bodyOf(endless(start, again)), how)) last = item;
      return last;
    })();
    await expect(reading).rejects.toMatchObject({
      kind: 'unavailable',
      message: `The server sent ${what}`,
    });
  });

  test('an object of 15 MiB is read', async () => {
    const name = 'x'.repeat(15 * 1024 * 1024);
    const { items } = await read(piecesOf(JSON.stringify([{ name }]), 65_536), format);
    expect(items).toEqual([{ name }]);
  });
});
