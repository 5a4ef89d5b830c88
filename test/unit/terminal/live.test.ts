import { describe, expect, test } from '@jest/globals';
import { createLiveLines } from '../../../src/terminal/live-lines.js';

/** What stands on a screen after these bytes: enough of a terminal for what is written here. */
function screen(columns: number, height?: number) {
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

describe('lines that change in place', () => {
  test('stand where the last ones stood', () => {
    const { tty, rows } = screen(80);
    const { show } = createLiveLines(() => tty);
    show(['a', 'b']);
    show(['c', 'd']);
    expect(rows()).toEqual(['c', 'd']);
  });

  test('leave nothing of a longer list, and nothing at all in the end', () => {
    const { tty, rows } = screen(80);
    const { show } = createLiveLines(() => tty);
    show(['a', 'b', 'c']);
    show(['d']);
    expect(rows()).toEqual(['d']);
    show([]);
    expect(rows()).toEqual([]);
  });

  test('open no screen before there is something to show', () => {
    const { show } = createLiveLines(() => {
      throw new Error('opened');
    });
    show([]);
  });

  test('never wrap: what is too long ends with dots', () => {
    const { tty, rows } = screen(20);
    createLiveLines(() => tty).show(['x'.repeat(19), 'x'.repeat(20), '集'.repeat(20)]);
    expect(rows()).toEqual(['x'.repeat(19), `${'x'.repeat(18)}…`, `${'集'.repeat(9)}…`]);
  });

  test('count only wide characters as two columns', () => {
    const { tty, rows } = screen(20);
    createLiveLines(() => tty).show(['α'.repeat(19), '集'.repeat(10)]);
    expect(rows()).toEqual(['α'.repeat(19), `${'集'.repeat(9)}…`]);
  });

  test('are painted over as the rows that they take once the screen has become narrower', () => {
    let [raw, columns] = ['', 80];
    const { show } = createLiveLines(() => ({ write: (text) => (raw += text), columns }));
    show(['x'.repeat(60), '', 'x'.repeat(20)]);
    columns = 20;
    show([]);
    expect(raw).toContain('\u001b[5A');
  });

  test('are no more than the screen has rows', () => {
    const { tty, rows } = screen(80, 4);
    createLiveLines(() => tty).show(['a', 'b', 'c', 'd']);
    expect(rows()).toEqual(['a', 'b', '... and 2 more lines']);
  });

  test('obey nothing that a server says', () => {
    const { tty, rows, raw } = screen(80);
    createLiveLines(() => tty).show(['\u001b[2Jx\ry\n']);
    expect(rows()).toEqual(['\\x1b[2Jx\\ry\\n']);
    expect(raw()).not.toContain('\u001b[2J');
  });
});
