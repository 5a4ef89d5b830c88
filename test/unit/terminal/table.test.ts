import { describe, expect, test } from '@jest/globals';
import { formatDetails, formatTable } from '../../../src/terminal/table.js';
import type { Line } from '../../../src/terminal/terminal.js';

function text(lines: readonly Line[]): string {
  const spans = (line: Line) => (typeof line === 'string' ? [line] : line);
  return lines
    .map((line) => spans(line).map((span) => (typeof span === 'string' ? span : span.text)))
    .map((parts) => parts.join(''))
    .join('\n');
}

describe('table', () => {
  test('looks as pks prints its clusters', () => {
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

  test('without rows only the head is there', () => {
    expect(text(formatTable(['Name', 'Description'], []))).toBe('Name  Description');
  });

  test('empty cells leave no blanks at the end of a line', () => {
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

  test('rows may have fewer and more cells than the head', () => {
    expect(text(formatTable(['A'], [['x', 'y'], []]))).toBe('A\nx  y\n');
  });

  test('wide characters take two columns, marks none', () => {
    const lines = formatTable(
      ['N', 'P'],
      [
        ['集群', 'a'],
        ['e\u0301', 'b'],
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
        '\u{1f600}    c',
        '\uff76     d',
        '\u{1f1e9}\u{1f1ea}    e',
      ].join('\n'),
    );
  });

  test('a cell is as wide as it is shown, escapes included', () => {
    expect(text(formatTable(['N', 'P'], [['\u001b[2J', 'x']]))).toBe('N        P\n\u001b[2J  x');
  });

  test('padding stays outside of what is painted', () => {
    const [, row] = formatTable(['Status', 'Action'], [[{ text: 'ok', tone: 'good' }, 'CREATE']]);
    expect(row).toEqual([{ text: 'ok', tone: 'good' }, '      ', 'CREATE']);
  });
});

describe('details', () => {
  test('values start at column 26, as in pks cluster NAME', () => {
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

  test('without a column the longest label decides', () => {
    const lines = formatDetails([
      ['User', 'cody'],
      ['Stored in', 'keychain'],
    ]);
    expect(text(lines)).toBe('User:       cody\nStored in:  keychain');
  });

  test('a label that is too long for the column keeps two blanks', () => {
    expect(text(formatDetails([['Name', 'x']], 3))).toBe('Name:  x');
  });

  test('nothing to tell is no line', () => {
    expect(formatDetails([])).toEqual([]);
  });
});
