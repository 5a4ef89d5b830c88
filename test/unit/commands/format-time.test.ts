import { expect, test } from '@jest/globals';
import { formatInstant } from '../../../src/base/clock.js';
import {
  formatAge,
  formatRelativeTime,
  formatTime,
  formatTimeOfDay,
  toDate,
} from '../../../src/commands/format-time.js';

const now = new Date('2026-11-25T10:00:00.400Z');
const addSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1000);

test('formatInstant returns ISO 8601 in UTC, without fractions of a second', () => {
  expect(formatInstant(now)).toBe('2026-11-25T10:00:00Z');
});

test.each([
  [0, 'in 0 s'],
  [1, 'in 1 s'],
  [59.6, 'in 1 min'],
  [600, 'in 10 min'],
  [599, 'in 9 min 59 s'],
  [3600, 'in 1 h'],
  [3601, 'in 1 h'],
  [21_540, 'in 5 h 59 min'],
  [90_000, 'in 1 d 1 h'],
  [86_400 * 400 + 59, 'in 400 d'],
  [-1, '1 s ago'],
  [-600, '10 min ago'],
  [-86_400, '1 d ago'],
])('formatTime describes a time %d s from now as %j', (seconds, distance) => {
  expect(formatTime(addSeconds(seconds), now)).toBe(
    `${formatInstant(addSeconds(seconds))} (${distance})`,
  );
});

test('formatTimeOfDay adds the date only if it is not the same day', () => {
  const time = new Date(2026, 0, 9, 4, 5, 6);
  expect(formatTimeOfDay(time)).toBe('04:05:06');
  expect(formatTimeOfDay(time, new Date(2026, 0, 9, 23, 0, 0))).toBe('04:05:06');
  expect(formatTimeOfDay(time, new Date(2026, 0, 8, 23, 0, 0))).toBe('2026-01-09 04:05:06');
});

test.each([
  [-20, '20s', '20s ago'],
  [-9 * 60 - 5, '9m', '9m ago'],
  [-3 * 3600 - 1800, '3h', '3h ago'],
  [-12 * 86_400, '12d', '12d ago'],
  [9 * 60 + 5, '0s', 'in 9 min'],
  [7200, '0s', 'in 2 h'],
])('a time %d s from now has the age %j, and is %j', (seconds, age, relative) => {
  const time = addSeconds(seconds);
  expect([formatAge(time, now), formatRelativeTime(time, now)]).toEqual([age, relative]);
});

test.each([
  [1_571_079_600, '2019-10-14T19:00:00.000Z'],
  [1_571_079_600_000, '2019-10-14T19:00:00.000Z'],
  [0, undefined],
  [null, undefined],
  [1e300, undefined],
])('toDate reads the epoch %d as %s', (epoch, expected) => {
  expect(toDate(epoch)?.toISOString()).toBe(expected);
});
