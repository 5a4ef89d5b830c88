import { describe, expect, test } from '@jest/globals';
import { createPageReader } from '../../../src/uaa/list-page.js';

/** What a page holds, put together again. */
function parts(json: string, read = createPageReader('resources')) {
  const page = read(json);
  if (page === undefined) return undefined;
  const items = Array.from(
    { length: page.length },
    (_, at) => JSON.parse(page.item(at)) as unknown,
  );
  return { frame: JSON.parse(page.frame) as unknown, items };
}

describe('a page', () => {
  test.each([
    [[]],
    [[{}]],
    [[{ id: 'a' }, { id: 'b', deep: { list: [[], {}, [{ resources: [{}] }]] } }]],
    [[{ text: '}]{[' }, { '"': '\\"' }, { '\\': '\\\\' }, { end: '\\' }]],
    [[{ userName: '日本 😀 ü \u2028 "' }]],
    [[{ deep: null, yes: true, many: [1.5e-3, -2] }]],
  ])('of %j is taken apart, and nothing is lost', (resources) => {
    for (const answer of [
      { resources, totalResults: 7 },
      { totalResults: 7, note: 'resources', before: { resources: [1] }, resources, after: '}' },
    ]) {
      for (const blanks of [undefined, 2, '\t']) {
        const json = JSON.stringify(answer, null, blanks);
        expect(parts(json)).toEqual({ frame: { ...answer, resources: [] }, items: resources });
      }
    }
  });

  test('may be shorter or longer than the one before', () => {
    const read = createPageReader('resources');
    for (const size of [3, 500, 1, 0, 700]) {
      const resources = Array.from({ length: size }, (_, at) => ({ id: at, name: 'ü'.repeat(at) }));
      expect(parts(JSON.stringify({ resources }), read)?.items).toEqual(resources);
    }
  });

  test.each([
    '',
    'null',
    '[]',
    '{}',
    '{"resources"}',
    '{"resources":7}',
    '{"resources":[1]}',
    '{"resources":[{},]}',
    '{"resources":[,{}]}',
    '{"resources":[{} {}]}',
    '{"resources":[{}',
    '{"resources":[{"a":"',
    '{"resources":[{"a":"\\',
    '{"a":{"resources":[{}]}}',
    '<html>"resources":[{}]</html>',
  ])('%j is none', (json) => {
    expect(createPageReader('resources')(json)).toBeUndefined();
  });
});
