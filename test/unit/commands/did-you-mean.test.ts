import { expect, test } from '@jest/globals';
import { didYouMean } from '../../../src/commands/did-you-mean.js';

test.each([
  ['nmae', ' (Did you mean name?)'],
  ['statsu', ' (Did you mean status?)'],
  ['STATUS', ' (Did you mean status?)'],
  ['sails', ''],
  ['', ''],
])('for %j, didYouMean returns %j', (word, suggestion) => {
  expect(didYouMean(word, ['name', 'status', 'k8s-version'])).toBe(suggestion);
});

test('does not compare a very long word letter by letter', () => {
  const word = 'x'.repeat(2_000_000);
  const start = performance.now();
  expect(didYouMean(word, ['name', 'status', 'k8s-version'])).toBe('');
  expect(performance.now() - start).toBeLessThan(500);
});
