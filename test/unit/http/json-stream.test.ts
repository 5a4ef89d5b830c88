import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { streamList, type ListFormat } from '../../../src/http/json-stream.js';
import type { HttpResponse } from '../../../src/http/send.js';

const listFormat = {
  maximumBytes: 32 * 1024 * 1024,
  formatError: (why: string) => new TpksError('unavailable', `not a list: ${why}`),
};
const inResources = { ...listFormat, key: 'resources' };

function createResponse(pieces: Iterable<Uint8Array>): HttpResponse {
  return {
    status: 200,
    headers: {},
    text: () => Promise.reject(new Error('the body must be streamed')),
    stream: async function* () {
      for (const piece of pieces) yield await Promise.resolve(piece);
    },
  };
}

/** Splits a text into pieces of `size` bytes, each in a separate buffer. */
function splitBytes(text: string, size: number): Uint8Array[] {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) =>
    Uint8Array.from(bytes.subarray(index * size, (index + 1) * size)),
  );
}

/** Collects the items and the frame of a list. */
async function read(pieces: Iterable<Uint8Array>, format: ListFormat) {
  const items: unknown[] = [];
  const list = streamList(createResponse(pieces), format);
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

describe.each([1, 2, 3, 7, 1000])('a body in pieces of %s bytes', (size) => {
  test.each(lists)('is read completely if it is a list', async (...items) => {
    for (const indent of [undefined, 2, '\t']) {
      const text = ` ${JSON.stringify(items, null, indent)}\n`;
      expect(await read(splitBytes(text, size), listFormat)).toEqual({ frame: [], items });
    }
  });

  test.each(lists)('is read completely if a member contains the list', async (...resources) => {
    for (const body of [
      { resources, totalResults: 7 },
      { totalResults: 7, note: 'resources', before: { resources: [1] }, resources, after: '}' },
    ]) {
      for (const indent of [undefined, 2, '\t']) {
        const text = JSON.stringify(body, null, indent);
        expect(await read(splitBytes(text, size), inResources)).toEqual({
          frame: { ...body, resources: [] },
          items: resources,
        });
      }
    }
  });
});

test('returns an object before it reads the next piece', async () => {
  const steps: string[] = [];
  function* pieces() {
    for (const text of ['[{"a":', '1}', ',{"a":2}]']) {
      steps.push(`read ${text}`);
      yield Buffer.from(text);
    }
  }
  for await (const item of streamList(createResponse(pieces()), listFormat))
    steps.push(item.toString());
  expect(steps).toEqual(['read [{"a":', 'read 1}', '{"a":1}', 'read ,{"a":2}]', '{"a":2}']);
});

describe('a body without a valid list', () => {
  const invalidJson = 'The server returned invalid JSON';
  const cases: readonly (readonly [text: string, message: string])[] = [
    ['', 'The server returned an empty response instead of JSON'],
    ['  \n', 'The server returned an empty response instead of JSON'],
    ['<html>"resources":[{}]</html>', 'The server returned a web page instead of JSON'],
    ['garbage', invalidJson],
    ['{}', 'not a list: it is not a list'],
    ['null', 'not a list: it is not a list'],
    ['"text"', 'not a list: it is not a list'],
    ['[1]', 'not a list: an item is not an object'],
    ['[[]]', 'not a list: an item is not an object'],
    ['[{},"x"]', 'not a list: an item is not an object'],
    ['[,{}]', invalidJson],
    ['[{},]', invalidJson],
    ['[{} {}]', invalidJson],
    ['[{}', invalidJson],
    ['[{}]]', invalidJson],
    ['[{}] garbage', invalidJson],
    ['[{"a":"', invalidJson],
    ['[{"a":"\\', invalidJson],
    [`[${'{"a":'.repeat(10_000)}`, 'not a list: it is nested too deeply'],
  ];
  test.each(cases.map(([text, message]) => [text.slice(0, 40), text, message]))(
    'is rejected if it is %j',
    async (_start, text, message) => {
      for (const size of [1, 1000]) {
        await expect(read(splitBytes(text, size), listFormat)).rejects.toMatchObject({
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
  )('is rejected if it is %j instead of an object with a list', async (_start, text) => {
    for (const size of [1, 1000]) {
      await expect(read(splitBytes(text, size), inResources)).rejects.toMatchObject({
        kind: 'unavailable',
      });
    }
  });

  test.each(['{}', '{"resources":7}', '{"a":{"resources":[{}]}}', '{"resources":null}'])(
    'is returned as a frame if it is %j, which lacks the list',
    async (text) => {
      expect(await read(splitBytes(text, 1000), inResources)).toEqual({
        frame: JSON.parse(text) as unknown,
        items: [],
      });
    },
  );
});

describe('the size limit', () => {
  const repeatForever = function* (start: string, repeated: string): Generator<Uint8Array> {
    yield Buffer.from(start);
    for (;;) yield Buffer.from(repeated);
  };
  const small = { ...listFormat, maximumBytes: 2 * 1024 * 1024 };
  test.each<[string, string, string, ListFormat, string]>([
    ['list', '[{}', ',{"name":"x"}'.repeat(1000), small, 'a response larger than 2 MiB'],
    ['run of spaces', '[', ' '.repeat(10_000), small, 'a response larger than 2 MiB'],
    ['object', '[{"a":"', 'x'.repeat(10_000), listFormat, 'an object larger than 16 MiB'],
    ['frame', '{"a":"', 'x'.repeat(10_000), inResources, 'a response larger than 1 MiB'],
    ['end', '[] ', ' '.repeat(10_000), listFormat, 'a response larger than 1 MiB'],
  ])('rejects an endless %s', async (_name, start, repeated, format, reason) => {
    const reading = (async () => {
      let last;
      for await (const item of streamList(createResponse(repeatForever(start, repeated)), format))
        last = item;
      return last;
    })();
    await expect(reading).rejects.toMatchObject({
      kind: 'unavailable',
      message: `The server sent ${reason}`,
    });
  });

  test('allows an object of 15 MiB', async () => {
    const name = 'x'.repeat(15 * 1024 * 1024);
    const { items } = await read(splitBytes(JSON.stringify([{ name }]), 65_536), listFormat);
    expect(items).toEqual([{ name }]);
  });
});
