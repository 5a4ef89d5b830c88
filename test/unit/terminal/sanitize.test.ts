import { describe, expect, test } from '@jest/globals';
import { isPrintable, toPrintable, toJson } from '../../../src/terminal/sanitize.js';

/** Characters that a terminal interprets or hides; as numbers, so that they are visible here. */
const hostile: readonly (readonly [string, number, string])[] = [
  ['NUL', 0x00, '\\x00'],
  ['BEL', 0x07, '\\x07'],
  ['BS', 0x08, '\\x08'],
  ['TAB', 0x09, '\\t'],
  ['LF', 0x0a, '\\n'],
  ['CR', 0x0d, '\\r'],
  ['ESC', 0x1b, '\\x1b'],
  ['DEL', 0x7f, '\\x7f'],
  ['first C1', 0x80, '\\x80'],
  ['CSI', 0x9b, '\\x9b'],
  ['OSC', 0x9d, '\\x9d'],
  ['last C1', 0x9f, '\\x9f'],
  ['Arabic letter mark', 0x061c, '\\u061c'],
  ['zero-width space', 0x200b, '\\u200b'],
  ['left-to-right mark', 0x200e, '\\u200e'],
  ['right-to-left mark', 0x200f, '\\u200f'],
  ['line separator', 0x2028, '\\u2028'],
  ['paragraph separator', 0x2029, '\\u2029'],
  ['first bidi embedding', 0x202a, '\\u202a'],
  ['right-to-left override', 0x202e, '\\u202e'],
  ['first bidi isolate', 0x2066, '\\u2066'],
  ['last bidi isolate', 0x2069, '\\u2069'],
  ['byte order mark', 0xfeff, '\\ufeff'],
  ['lone high surrogate', 0xd83d, '\\ud83d'],
  ['lone low surrogate', 0xde00, '\\ude00'],
  ['tag letter', 0xe0061, '\\u{e0061}'],
];

describe('toPrintable', () => {
  test.each(hostile)('escapes %s', (_name, code, escaped) => {
    const text = `a${String.fromCodePoint(code)}b`;
    expect(toPrintable(text)).toBe(`a${escaped}b`);
    expect(isPrintable(text)).toBe(false);
  });

  test('does not change letters of any script, spaces and emoji', () => {
    const text = 'größe 集群 кластер \u{1f600} e\u0301 ~ \\ "';
    expect(toPrintable(text)).toBe(text);
    expect(isPrintable(text)).toBe(true);
  });

  test('does not escape a text twice', () => {
    const once = toPrintable('\u001b[31mred');
    expect(toPrintable(once)).toBe(once);
  });
});

describe('toJson', () => {
  test.each(hostile)('escapes %s so that it parses to the same value', (_name, code) => {
    const value = { [`k${String.fromCodePoint(code)}`]: [String.fromCodePoint(code)] };
    const json = toJson(value);
    expect(JSON.parse(json)).toEqual(value);
    expect(isPrintable(json.replaceAll('\n', ''))).toBe(true);
  });

  test('indents by the given number of spaces', () => {
    expect(toJson([{ name: 'dev' }], 3)).toBe('[\n   {\n      "name": "dev"\n   }\n]');
  });

  test('converts undefined to null', () => {
    expect(toJson(undefined)).toBe('null');
  });
});
