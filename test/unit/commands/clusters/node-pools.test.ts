import { expect, test } from '@jest/globals';
import { toNodePools } from '../../../../src/commands/clusters/node-pools.js';

test('names and numbers, blanks allowed', () => {
  expect(toNodePools('pool-a:3, pool-b : 7')).toEqual({ 'pool-a': 3, 'pool-b': 7 });
});

test('a pool may be called like anything', () => {
  expect(Object.entries(toNodePools('__proto__:1,constructor:2'))).toEqual([
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
])('%j is refused', (text) => {
  expect(() => toNodePools(text)).toThrow(/is not POOL:NUMBER/);
});

test('one that is there twice is refused, with whatever else is wrong', () => {
  expect(() => toNodePools('a:1,a:2,b')).toThrow(
    expect.objectContaining({
      message: '--node-pool-instances has 2 problems',
      hint: 'a is there twice\n“b” is not POOL:NUMBER, as in pool-a:3,pool-b:7',
    }),
  );
});
