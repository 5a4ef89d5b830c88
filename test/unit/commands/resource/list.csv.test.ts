import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatCsv } from '../../../../src/commands/resource/list.js';
import { parseCsv } from '../../../support/checks/csv.js';

test.each([
  ['plain', 'plain'],
  ['', ''],
  [' a ü ', ' a ü '],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['a\nb', '"a\nb"'],
  ['a\rb', '"a\rb"'],
  ['=1+1', "'=1+1"],
  ['=HYPERLINK("http://a","b")', `"'=HYPERLINK(""http://a"",""b"")"`],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@a', "'@a"],
  ['\ta', "'\ta"],
  ['\ra', `"'\ra"`],
  ['a=b', 'a=b'],
])('the cell %j becomes %j', (cell, expected) => {
  expect(formatCsv([['x', cell]])).toBe(`x,${expected}\r\n`);
});

test('a CSV parser reads every cell unchanged, after the apostrophe before a formula', () => {
  // Characters with a meaning in CSV or in spreadsheets must occur often.
  const cell = fc.string({
    unit: fc.oneof(fc.constantFrom('"', ',', '\r', '\n', '\t', '=', '-', "'"), fc.string()),
  });
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }));
  fc.assert(
    fc.property(rows, (written) => {
      const read = parseCsv(formatCsv(written));
      const marked = written.map((cells) =>
        cells.map((text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)),
      );
      expect(read).toEqual(marked);
      expect(read.flat().filter((text) => '=+-@\t\r'.includes(text[0] ?? ' '))).toEqual([]);
    }),
  );
});
