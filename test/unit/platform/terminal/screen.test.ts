import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { displayWidth, lineText } from '../../../../src/platform/terminal/lines.js';
import {
  fitDetails,
  fitLines,
  fitTable,
  shorten,
} from '../../../../src/platform/terminal/screen.js';

const columns = [
  { head: 'NAME', rank: 0 },
  { head: 'STATUS', rank: 1 },
  { head: 'PLAN', rank: 3 },
  { head: 'AGE', rank: 2 },
];

function tableText(rows: readonly (readonly string[])[], width: number): string[] {
  return fitTable(columns, rows, { width }).map(lineText);
}

describe('fitTable', () => {
  test('leaves a table unchanged if it fits', () => {
    expect(tableText([['shop', 'succeeded', 'small', '3h']], 40)).toEqual([
      'NAME  STATUS     PLAN   AGE',
      'shop  succeeded  small  3h',
    ]);
  });

  test('shortens a long name before it drops a column', () => {
    expect(tableText([['s'.repeat(40), 'failed', 'small', '3h']], 45)).toEqual([
      'NAME                       STATUS  PLAN   AGE',
      `${'s'.repeat(24)}\u2026  failed  small  3h`,
    ]);
  });

  test('drops the column with the highest rank first, but never the first column', () => {
    const rows = [['s'.repeat(40), 'failed', 'small', '3h']];
    expect(tableText(rows, 34)[0]).toMatch(/^NAME +STATUS +AGE$/);
    expect(tableText(rows, 28)[0]).toMatch(/^NAME +STATUS$/);
    expect(tableText(rows, 10)).toEqual(['NAME', `${'s'.repeat(9)}\u2026`]);
  });

  test('does not shorten an id', () => {
    const withId = [
      { head: 'NAME', rank: 0 },
      { head: 'ID', rank: 1, isWhole: true },
      { head: 'DESCRIPTION', rank: 2 },
    ];
    const id = '3925786b-4b09-4f63-a1f8-50b706b38ced';
    const [, row = ''] = fitTable(withId, [['shop', id, 'd'.repeat(80)]], { width: 60 }).map(
      lineText,
    );
    expect(row).toMatch(new RegExp(`^shop  ${id}  d+\u2026$`));
  });

  test('shortens an id only if the columns that the user has chosen do not fit otherwise', () => {
    const chosen = [
      { head: 'NAME', rank: 0 },
      { head: 'ID', rank: 1, isWhole: true },
    ];
    const rows = [['n'.repeat(40), 'i'.repeat(36)]];
    const row = (width: number) =>
      lineText(fitTable(chosen, rows, { width, isChosen: true })[1] ?? '');
    expect(row(60)).toBe(`${'n'.repeat(21)}\u2026  ${'i'.repeat(36)}`);
    expect(row(30)).toMatch(/^n+\u2026 {2}i+\u2026$/);
  });

  test('keeps the columns that the user has chosen', () => {
    const rows = [['s'.repeat(40), 'succeeded', 'p'.repeat(40), '3h']];
    const [head = '', row = ''] = fitTable(columns, rows, { width: 30, isChosen: true }).map(
      lineText,
    );
    expect(head).toMatch(/^NAME +STAT\S* +PLAN +AGE$/);
    expect(displayWidth(row)).toBeLessThanOrEqual(30);
  });

  test('is never wider than the terminal, and shows the start of each name', () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.string({ unit: fc.constantFrom('\u96c6', '\u7fa4', 'a', '\u0000'), maxLength: 60 }),
    );
    const row = fc.tuple(cell, cell, cell, cell);
    const property = fc.property(
      fc.array(row, { maxLength: 5 }),
      fc.integer({ min: 8, max: 200 }),
      fc.boolean(),
      (rows, width, isChosen) => {
        const lines = fitTable(columns, rows, { width, isChosen }).map(lineText);
        expect(lines).toHaveLength(rows.length + 1);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines[0]).toMatch(/^NAME|^NA/);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});

describe('shorten', () => {
  test('counts wide characters as two columns', () => {
    expect(shorten('\u96c6\u7fa4\u96c6\u7fa4', 5)).toBe('\u96c6\u7fa4\u2026');
    expect(shorten('\u96c6\u7fa4', 4)).toBe('\u96c6\u7fa4');
  });
});

describe('fitDetails', () => {
  test('breaks values between words and aligns them', () => {
    expect(
      fitDetails(
        [
          ['Name', 'shop'],
          ['Description', 'one two three four'],
        ],
        24,
      ).map(lineText),
    ).toEqual(['Name:         shop', 'Description:  one two', '              three four']);
  });

  test('omits pairs without a value', () => {
    expect(
      fitDetails(
        [
          ['Name', 'shop'],
          ['Last known address', ''],
        ],
        40,
      ).map(lineText),
    ).toEqual(['Name:  shop']);
  });

  test('does not break a word, so that it can be copied', () => {
    const url = `https://${'a'.repeat(60)}.example.com`;
    expect(fitDetails([['API', url]], 40).map(lineText)).toEqual([`API:  ${url}`]);
  });

  test('does not let text from a server start a line', () => {
    expect(fitDetails([['Name', 'a\nUUID: 1']], 40).map(lineText)).toEqual(['Name:  a\\nUUID: 1']);
  });
});

test('fitLines breaks lines between words and keeps their indent', () => {
  expect(
    fitLines(['  one two three', ['Label: ', 'one two three'], 'short'], 13).map(lineText),
  ).toEqual(['  one two', '  three', 'Label: one', '       two', '       three', 'short']);
});
