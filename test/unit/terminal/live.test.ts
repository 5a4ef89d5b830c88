import { describe, expect, test } from '@jest/globals';
import { createLive } from '../../../src/terminal/live.js';

/** What stands on a screen after these bytes: enough of a terminal for what is written here. */
function screen(columns: number) {
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
  return { write, columns, rows: () => rows.filter((line) => line !== ''), raw: () => raw };
}

describe('lines that change in place', () => {
  test('stand where the last ones stood', () => {
    const tty = screen(80);
    const { show } = createLive(() => tty);
    show(['a', 'b']);
    show(['c', 'd']);
    expect(tty.rows()).toEqual(['c', 'd']);
  });

  test('leave nothing of a longer list, and nothing at all in the end', () => {
    const tty = screen(80);
    const { show } = createLive(() => tty);
    show(['a', 'b', 'c']);
    show(['d']);
    expect(tty.rows()).toEqual(['d']);
    show([]);
    expect(tty.rows()).toEqual([]);
  });

  test('open no screen before there is something to show', () => {
    const { show } = createLive(() => {
      throw new Error('opened');
    });
    show([]);
  });

  test('never wrap: what is too long ends with dots', () => {
    const tty = screen(20);
    createLive(() => tty).show(['x'.repeat(19), 'x'.repeat(20), '集'.repeat(20)]);
    expect(tty.rows()).toEqual(['x'.repeat(19), `${'x'.repeat(18)}…`, `${'集'.repeat(9)}…`]);
  });

  test('obey nothing that a server says', () => {
    const tty = screen(80);
    createLive(() => tty).show(['\u001b[2Jx\ry\n']);
    expect(tty.rows()).toEqual(['\\x1b[2Jx\\ry\\n']);
    expect(tty.raw()).not.toContain('\u001b[2J');
  });
});
