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

  test('returns only the header if there are no rows', () => {
    expect(text(formatTable(['Name', 'Description'], []))).toBe('Name  Description');
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

  test('accepts rows with fewer or more cells than the header', () => {
    expect(text(formatTable(['A'], [['x', 'y'], []]))).toBe('A\nx  y\n');
  });

  test('counts two columns for wide characters and none for combining marks', () => {
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

  test('puts two spaces after a label that is too long for the column', () => {
    expect(text(formatDetails([['Name', 'x']], 3))).toBe('Name:  x');
  });

  test('returns no lines if there are no details', () => {
    expect(formatDetails([])).toEqual([]);
  });
});
