import { describe, expect, test } from '@jest/globals';
import {
  countRange,
  parseIntegerFlag,
  decimalParser,
  parseDuration,
  parseSeconds,
  integerParser,
} from '../../../src/commands/option-values.js';

describe('integerParser and parseIntegerFlag', () => {
  test('accept a whole number within the range', () => {
    expect(integerParser({ from: 1 })('12')).toBe(12);
    expect(integerParser({ from: 0, to: 65_535 })('65535')).toBe(65_535);
    expect(parseIntegerFlag('--num-nodes', '0', countRange)).toBe(0);
    expect(parseIntegerFlag('--grace', '-1', { from: -1 })).toBe(-1);
  });

  test.each(['0', '-1', '1.5', '1e3', 'x', '', ' 1', '１', '99999999999999999999'])(
    'reject %j for a range that starts at 1',
    (text) => {
      expect(() => integerParser({ from: 1 })(text)).toThrow(
        'expected a whole number of at least 1',
      );
    },
  );

  test('name the flag and the range in the error', () => {
    expect(() => parseIntegerFlag('--max-in-flight', '0', { from: 1, to: 9 })).toThrow(
      'Invalid value for --max-in-flight: 0 (expected a whole number from 1 to 9)',
    );
    for (const text of ['-1', '2147483648']) {
      expect(() => parseIntegerFlag('--num-nodes', text, countRange)).toThrow(
        `Invalid value for --num-nodes: ${text} (expected a whole number from 0 to 2147483647)`,
      );
    }
  });
});

test('decimalParser accepts numbers with at most six decimal places', () => {
  const parse = decimalParser({ from: 0, to: 10 });
  expect([parse('0.5'), parse('10')]).toEqual([0.5, 10]);
  for (const text of ['', '.5', '1.', '1e1', '10.5', '0.0000001', '-1']) {
    expect(() => parse(text)).toThrow('expected a number of at least 0, e.g. 16 or 0.5');
  }
});

test('parseSeconds accepts positive numbers up to one day', () => {
  expect([parseSeconds('0.5'), parseSeconds('86400')]).toEqual([0.5, 86_400]);
  for (const text of ['', ' ', '0', '-1', 'x', '86401', 'Infinity']) {
    expect(() => parseSeconds(text)).toThrow(
      'expected a number of seconds greater than 0, up to 86400',
    );
  }
});

describe('parseDuration', () => {
  test.each([
    ['90', 90],
    ['90s', 90],
    ['5m', 300],
    ['1h', 3600],
    ['0', 0],
    [' 5m ', 300],
  ])('reads %j as %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each(['', '5 m', '1d', '-5', '1.5h', 'five', '5m5s'])('rejects %j', (text) => {
    expect(() => parseDuration(text)).toThrow('expected a duration, e.g. 90s, 5m or 1h');
  });
});
