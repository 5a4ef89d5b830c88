import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { isPrintable, toPrintable, toJson } from '../../../../src/base/sanitize.js';
import {
  isColorEnabled,
  formatDetails,
  formatTable,
  type Line,
} from '../../../../src/platform/terminal/lines.js';
import { toYaml } from '../../../../src/platform/terminal/yaml.js';

function text(lines: readonly Line[]): string {
  const spans = (line: Line) => (typeof line === 'string' ? [line] : line);
  return lines
    .map((line) => spans(line).map((span) => (typeof span === 'string' ? span : span.text)))
    .map((parts) => parts.join(''))
    .join('\n');
}

describe('formatTable', () => {
  test('formats clusters like pks', () => {
    const lines = formatTable(
      ['PKS Version', 'Name', 'k8s Version', 'Plan Name', 'Status', 'Action'],
      [
        ['1.7.0-build.16', 'k8-cluster-000', '1.16.7', 'small', 'succeeded', 'UPGRADE'],
        ['1.7.0-build.16', 'c2', '1.16.7', 'small', 'in progress', 'UPGRADE'],
      ],
    );
    expect(text(lines)).toBe(
      [
        'PKS Version     Name            k8s Version  Plan Name  Status       Action',
        '1.7.0-build.16  k8-cluster-000  1.16.7       small      succeeded    UPGRADE',
        '1.7.0-build.16  c2              1.16.7       small      in progress  UPGRADE',
      ].join('\n'),
    );
  });

  test('does not end a line with spaces if cells are empty', () => {
    const lines = formatTable(
      ['A', 'B', 'C'],
      [
        ['', '', ''],
        ['x', '', ''],
        ['', '', 'long'],
      ],
    );
    expect(text(lines)).toBe('A  B  C\n\nx\n      long');
  });

  test('counts two columns for wide characters and none for combining marks', () => {
    const lines = formatTable(
      ['N', 'P'],
      [
        ['集群', 'a'],
        ['e\u0301', 'b'],
        // The syllable 한, as macOS stores it in file names.
        ['\u1112\u1161\u11ab', 'f'],
        ['\u{1f600}', 'c'],
        ['\uff76', 'd'],
        ['\u{1f1e9}\u{1f1ea}', 'e'],
      ],
    );
    expect(text(lines)).toBe(
      [
        'N     P',
        '集群  a',
        'e\u0301     b',
        '\u1112\u1161\u11ab    f',
        '\u{1f600}    c',
        '\uff76     d',
        '\u{1f1e9}\u{1f1ea}    e',
      ].join('\n'),
    );
  });

  test('counts the columns of escaped characters', () => {
    expect(text(formatTable(['N', 'P'], [['\u001b[2J', 'x']]))).toBe('N        P\n\u001b[2J  x');
  });

  test('adds padding outside the colored text', () => {
    const [, row] = formatTable(['Status', 'Action'], [[{ text: 'ok', tone: 'good' }, 'CREATE']]);
    expect(row).toEqual([{ text: 'ok', tone: 'good' }, '      ', 'CREATE']);
  });
});

describe('formatDetails', () => {
  test('aligns values at the given column, like pks cluster NAME', () => {
    const lines = formatDetails(
      [
        ['PKS Version', '1.7.0-build.26'],
        ['Last Action Description', 'Creating cluster'],
        ['Network Profile Name', ''],
      ],
      26,
    );
    expect(text(lines)).toBe(
      [
        'PKS Version:              1.7.0-build.26',
        'Last Action Description:  Creating cluster',
        'Network Profile Name:',
      ].join('\n'),
    );
  });

  test('aligns values after the longest label if no column is given', () => {
    const lines = formatDetails([
      ['User', 'cody'],
      ['Stored in', 'keychain'],
    ]);
    expect(text(lines)).toBe('User:       cody\nStored in:  keychain');
  });
});

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
});

describe('toYaml', () => {
  test.each([
    ['a PEM', '-----BEGIN KEY-----\nAAAA\nBBBB==\n-----END KEY-----'],
    ['lines with spaces around them', ' a \n\n  b\n'],
    ['a carriage return', 'a\r\nb'],
    ['an escape code', '\u001b[31mred\nblue'],
    ['characters that reverse the text direction', 'a\u202eb\u2066'],
    ['Unicode line separators', 'a\u2028b\u0085c'],
    ['half of a surrogate pair', 'a\ud800b'],
    ['a string that looks like other YAML', 'yes: no # 0x10'],
    ['a long line', 'x '.repeat(300).trim()],
    ['a tag character', '\u{e0001}'],
    ['a key with a zero-width space', { '\u200bkey': 1 }],
    ['other values', { text: 'yes', number: '1', empty: '', nothing: null, list: [], more: [{}] }],
  ])(
    'writes %s without control characters, so that it parses to the same value',
    async (_name, value) => {
      const lines = await toYaml({ value, list: [value] });
      expect(parse(lines.join('\n'))).toEqual({ value, list: [value] });
      expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    },
  );

  test('writes a text of several lines as a block', async () => {
    expect(await toYaml({ value: 'BEGIN\nA\nEND' })).toEqual([
      'value: |-',
      '  BEGIN',
      '  A',
      '  END',
    ]);
  });
});

describe('isColorEnabled', () => {
  const tty = { isTty: true, color: true };
  const pipe = { isTty: false, color: true };
  test.each([
    ['on a terminal', tty, {}, true],
    ['without a terminal', pipe, {}, false],
    ['NO_COLOR', tty, { NO_COLOR: '1' }, false],
    ['TERM=dumb', tty, { TERM: 'dumb' }, false],
    ['another TERM', tty, { TERM: 'xterm' }, true],
    ['FORCE_COLOR without a terminal', pipe, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', tty, { FORCE_COLOR: '0' }, false],
    ['FORCE_COLOR=false', tty, { FORCE_COLOR: 'false' }, false],
    ['FORCE_COLOR beats NO_COLOR', pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['FORCE_COLOR beats TERM=dumb', pipe, { FORCE_COLOR: '1', TERM: 'dumb' }, true],
    ['--no-color on a terminal', { isTty: true, color: false }, {}, false],
    ['--no-color beats FORCE_COLOR', { isTty: true, color: false }, { FORCE_COLOR: '1' }, false],
  ])('for the case %s (%j, %j) is %j', (_case, conditions, env, expected) => {
    expect(isColorEnabled({ ...conditions, env })).toBe(expected);
  });
});
