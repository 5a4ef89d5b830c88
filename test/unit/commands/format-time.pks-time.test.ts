import { describe, expect, test } from '@jest/globals';
import { createTimeFormatter } from '../../../src/commands/format-time.js';

const monday = Date.UTC(2019, 9, 14, 19) / 1000;

describe('createTimeFormatter', () => {
  test.each([
    ['America/Los_Angeles', 'Mon, 14 Oct 2019 12:00:00 PDT'],
    ['America/New_York', 'Mon, 14 Oct 2019 15:00:00 EDT'],
    ['UTC', 'Mon, 14 Oct 2019 19:00:00 UTC'],
    // Without an abbreviation in the locale, the offset is shown.
    ['Europe/Berlin', 'Mon, 14 Oct 2019 21:00:00 GMT+2'],
  ])('formats a time in %s as %s', (zone, expected) => {
    expect(createTimeFormatter('---', zone)(monday)).toBe(expected);
  });

  test('uses the abbreviation for standard time in winter', () => {
    const winter = Date.UTC(2019, 10, 6, 0, 28, 15) / 1000;
    expect(createTimeFormatter('', 'America/Los_Angeles')(winter)).toBe(
      'Tue, 05 Nov 2019 16:28:15 PST',
    );
  });

  test('formats midnight as 00:00:00 of the new day', () => {
    expect(createTimeFormatter('', 'UTC')(Date.UTC(2020, 1, 29) / 1000)).toBe(
      'Sat, 29 Feb 2020 00:00:00 UTC',
    );
  });

  test('reads numbers above 10^11 as milliseconds', () => {
    const utc = createTimeFormatter('---', 'UTC');
    expect(utc(monday * 1000)).toBe(utc(monday));
    expect(utc(1e11)).toBe('Wed, 16 Nov 5138 09:46:40 UTC');
    expect(utc(1e11 + 1)).toBe('Sat, 03 Mar 1973 09:46:40 UTC');
  });

  test.each([undefined, null, 0])('returns the placeholder for %s', (epoch) => {
    expect(createTimeFormatter('---', 'UTC')(epoch)).toBe('---');
  });

  test('returns the number if it is outside the range of dates', () => {
    expect(createTimeFormatter('---', 'UTC')(8.7e15)).toBe('8700000000000000');
  });
});
