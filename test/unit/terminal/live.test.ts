import { describe, expect, test } from '@jest/globals';
import { createLiveLines } from '../../../src/terminal/live-area.js';

/** A minimal terminal that records the rows on its screen. */
function createScreen(columns: number, height?: number) {
  const rows: string[] = [''];
  let row = 0;
  let raw = '';
  const write = (text: string): void => {
    raw += text;
    for (const [piece] of text.matchAll(/\u001b\[(?:\d*)[AKJ]|\n|[^\u001b\n]+/g)) {
      if (piece === '\n') {
        row += 1;
        rows[row] ??= '';
      } else if (piece.endsWith('A') && piece.startsWith('\u001b')) {
        row -= Number(piece.slice(2, -1));
      } else if (piece === '\u001b[J') {
        rows.length = row + 1;
        rows[row] = '';
      } else if (piece !== '\u001b[K') {
        rows[row] = piece;
      }
    }
  };
  const size = height === undefined ? { columns } : { columns, rows: height };
  return {
    tty: { write, ...size },
    rows: () => rows.filter((line) => line !== ''),
    raw: () => raw,
  };
}

describe('live lines', () => {
  test('replace the previous lines', () => {
    const { tty, rows } = createScreen(80);
    const { show } = createLiveLines(() => tty);
    show(['a', 'b']);
    show(['c', 'd']);
    expect(rows()).toEqual(['c', 'd']);
  });

  test('clear the rest of a longer list, and everything at the end', () => {
    const { tty, rows } = createScreen(80);
    const { show } = createLiveLines(() => tty);
    show(['a', 'b', 'c']);
    show(['d']);
    expect(rows()).toEqual(['d']);
    show([]);
    expect(rows()).toEqual([]);
  });

  test('do not open the terminal before there is something to show', () => {
    const { show } = createLiveLines(() => {
      throw new Error('opened');
    });
    show([]);
  });

  test('are shortened instead of wrapped', () => {
    const { tty, rows } = createScreen(20);
    createLiveLines(() => tty).show(['x'.repeat(19), 'x'.repeat(20), '集'.repeat(20)]);
    expect(rows()).toEqual(['x'.repeat(19), `${'x'.repeat(18)}\u2026`, `${'集'.repeat(9)}\u2026`]);
  });

  test('count only wide characters as two columns', () => {
    const { tty, rows } = createScreen(20);
    createLiveLines(() => tty).show(['α'.repeat(19), '集'.repeat(10)]);
    expect(rows()).toEqual(['α'.repeat(19), `${'集'.repeat(9)}\u2026`]);
  });

  test('are cleared completely after the screen has become narrower', () => {
    let [raw, columns] = ['', 80];
    const { show } = createLiveLines(() => ({ write: (text) => (raw += text), columns }));
    show(['x'.repeat(60), '', 'x'.repeat(20)]);
    columns = 20;
    show([]);
    expect(raw).toContain('\u001b[5A');
  });

  test('use 80 columns and any number of rows if the size of the terminal is not set', () => {
    const { tty, rows } = createScreen(0, 0);
    const lines = ['x'.repeat(79), 'a', 'b', 'c', 'd'];
    createLiveLines(() => tty).show(lines);
    expect(rows()).toEqual(lines);
  });

  test('are limited to the rows of the screen', () => {
    const { tty, rows } = createScreen(80, 4);
    createLiveLines(() => tty).show(['a', 'b', 'c', 'd']);
    expect(rows()).toEqual(['a', 'b', '... and 2 more lines']);
  });

  test('escape control characters from a server', () => {
    const { tty, rows, raw } = createScreen(80);
    createLiveLines(() => tty).show(['\u001b[2Jx\ry\n']);
    expect(rows()).toEqual(['\\x1b[2Jx\\ry\\n']);
    expect(raw()).not.toContain('\u001b[2J');
  });
});
