import { expect, test } from '@jest/globals';
import { formatAge } from '../../../../src/sandbox/kubernetes/server/table.js';

const [minute, hour, day, year] = [60, 3600, 86_400, 365 * 86_400];

test.each([
  [-5, '<invalid>'],
  [-1.5, '0s'],
  [0, '0s'],
  [119, '119s'],
  [2 * minute, '2m'],
  [2 * minute + 5, '2m5s'],
  [10 * minute + 5, '10m'],
  [179 * minute, '179m'],
  [3 * hour + 5 * minute, '3h5m'],
  [8 * hour + 5 * minute, '8h'],
  [47 * hour, '47h'],
  [2 * day + 3 * hour, '2d3h'],
  [8 * day + 3 * hour, '8d'],
  [2 * year + 3 * day, '2y3d'],
  [8 * year + 3 * day, '8y'],
])('formats %d seconds as %s', (seconds, text) => {
  expect(formatAge(seconds * 1000)).toBe(text);
});
