import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { toYaml } from '../../../src/terminal/yaml.js';

test.each([
  ['a PEM', '-----BEGIN KEY-----\nAAAA\nBBBB==\n-----END KEY-----'],
  ['lines with spaces around them', ' a \n\n  b\n'],
  ['a carriage return', 'a\r\nb'],
  ['an escape code', '\u001b[31mred\nblue'],
  ['characters that reverse the text direction', 'a\u202eb\u2066'],
  ['Unicode line separators', 'a\u2028b\u0085c'],
  ['half of a surrogate pair', 'a\ud800b'],
  ['a string that looks like other YAML', 'yes: no # 0x10'],
])(
  'writes %s without control characters, so that it parses to the same value',
  async (_name, text) => {
    const lines = await toYaml({ text, list: [text] });
    expect(parse(lines.join('\n'))).toEqual({ text, list: [text] });
    expect(lines.join('')).not.toMatch(/[\0-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
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

test.each([
  { text: 'yes', number: '1', empty: '', nothing: null, colon: 'a: b', list: [], more: [{}] },
  { long: 'x '.repeat(300).trim() },
  { tag: '\u{e0001}', '\u200bkey': 1 },
])('writes %j so that it parses to the same value', async (value) => {
  const lines = await toYaml(value);
  expect(parse(lines.join('\n'))).toEqual(value);
  expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});
