import { describe, expect, test } from '@jest/globals';
import { parseNodePools, parseTags } from '../../../../src/commands/clusters/parse-lists.js';

test.each<[string, [string, string][]]>([
  ['client:example.com', [['client', 'example.com']]],
  [
    'client:example.com,costcenter:pettycash',
    [
      ['client', 'example.com'],
      ['costcenter', 'pettycash'],
    ],
  ],
  [
    ' a : b ,  c:d ',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['scratch', [['scratch', '']]],
  ['größe:集', [['größe', '集']]],
  ["$(id):../'x'", [['$(id)', "../'x'"]]],
  [`a:${'x'.repeat(80)}`, [['a', 'x'.repeat(80)]]],
  [`a:${'集'.repeat(80)}`, [['a', '集'.repeat(80)]]],
  ['', []],
  ['  ', []],
])('parseTags accepts %j', (text, expected) => {
  expect(parseTags(text).map(({ name, value }) => [name, value])).toEqual(expected);
});

describe('parseTags', () => {
  test.each([
    ['a:', 'tag 1 (a:) has no value after the colon'],
    [':b', 'tag 1 (:b) has no key before the colon'],
    ['a:b:c', 'tag 1 (a:b:c) has more than one colon'],
    ['a:"b"', 'tag 1 (a:"b") contains a double quote'],
    [`a:${'x'.repeat(81)}`, 'has a value of 81 characters (at most 80 are allowed)'],
    ['a:b,,c:d', 'tag 2 is empty (expected key:value or key)'],
    ['a:b,', 'tag 2 is empty'],
  ])('rejects %j: %s', (text, problem) => {
    expect(() => parseTags(text)).toThrow(problem);
  });

  test('reports all problems together, each with its position', () => {
    expect(() => parseTags('a:,b:c,:d,"e"')).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: '--tags has 3 problems',
        hint: [
          'tag 1 (a:) has no value after the colon',
          'tag 3 (:d) has no key before the colon',
          'tag 4 ("e") contains a double quote',
        ].join('\n'),
      }),
    );
  });

  test('reports only the first problems if there are many', () => {
    expect(() => parseTags(':,'.repeat(1000))).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/and 981 more$/) }),
    );
  });
});

describe('parseNodePools', () => {
  test('accepts names and numbers, with spaces between them', () => {
    expect(parseNodePools('pool-a:3, pool-b : 7')).toEqual({ 'pool-a': 3, 'pool-b': 7 });
  });

  test('accepts names of JavaScript properties', () => {
    expect(Object.entries(parseNodePools('__proto__:1,constructor:2'))).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });

  test.each([
    '',
    'pool-a',
    'pool-a:',
    ':3',
    'pool-a:x',
    'pool-a:-1',
    'pool-a:1.5',
    'a:1,,b:2',
    'a:٣',
  ])('rejects %j', (text) => {
    expect(() => parseNodePools(text)).toThrow(/is not POOL:NUMBER/);
  });

  test('reports a repeated name together with other problems', () => {
    expect(() => parseNodePools('a:1,a:2,b')).toThrow(
      expect.objectContaining({
        message: '--node-pool-instances has 2 problems',
        hint: 'a appears twice\n"b" is not POOL:NUMBER, as in pool-a:3,pool-b:7',
      }),
    );
  });
});
