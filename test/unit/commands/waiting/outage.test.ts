import { expect, test } from '@jest/globals';
import { formatTimeOfDay } from '../../../../src/commands/waiting/outage.js';

test('formatTimeOfDay adds the date only if it is not the same day', () => {
  const time = new Date(2026, 0, 9, 4, 5, 6);
  expect(formatTimeOfDay(time)).toBe('04:05:06');
  expect(formatTimeOfDay(time, new Date(2026, 0, 9, 23, 0, 0))).toBe('04:05:06');
  expect(formatTimeOfDay(time, new Date(2026, 0, 8, 23, 0, 0))).toBe('2026-01-09 04:05:06');
});
