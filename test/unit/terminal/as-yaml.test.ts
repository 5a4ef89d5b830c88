import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { toYaml } from '../../../src/terminal/yaml.js';

test.each([
  ['a PEM', '-----BEGIN KEY-----\nAAAA\nBBBB==\n-----END KEY-----'],
  ['lines with blanks around them', ' a \n\n  b\n'],
  ['a carriage return', 'a\r\nb'],
  ['an escape code', '\u001b[31mred\nblue'],
  ['marks that turn text around', 'a\u202eb\u2066'],
  ['other separators of lines', 'a\u2028b\u0085c'],
  ['half a character', 'a\ud800b'],
  ['what looks like something else', 'yes: no # 0x10'],
])('%s is read back as it was, and no line obeys a terminal', async (_what, text) => {
  const lines = await toYaml({ text, list: [text] });
  expect(parse(lines.join('\n'))).toEqual({ text, list: [text] });
  expect(lines.join('')).not.toMatch(/[\0-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
});

test('a text of several lines stands there line by line', async () => {
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
])('the YAML of %j is parsed to the same value', async (value) => {
  const lines = await toYaml(value);
  expect(parse(lines.join('\n'))).toEqual(value);
  expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});
