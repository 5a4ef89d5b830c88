import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { Line } from '../../../../src/platform/terminal/lines.js';
import { createLiveLines, createLiveArea } from '../../../../src/platform/terminal/live-area.js';
import { readAvailable } from '../../../support/checks/read-available.js';
import { TestScreen } from '../../../support/program/screen.js';

/** A terminal whose driver returns the carriage at each line break. */
function createScreen(columns: number, height?: number) {
  const screen = new TestScreen(columns || 80);
  let raw = '';
  const write = (text: string): void => {
    raw += text;
    screen.write(text.replaceAll('\n', '\r\n'));
  };
  const size = height === undefined ? { columns } : { columns, rows: height };
  return { tty: { write, ...size }, write, rows: () => screen.rows, raw: () => raw };
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

  test('are limited to the rows of the screen', () => {
    const { tty, rows } = createScreen(80, 4);
    createLiveLines(() => tty).show(['a', 'b', 'c', 'd']);
    expect(rows()).toEqual(['a', 'b', '... and 2 more lines']);
  });

  test('leave nothing behind if the terminal shows ^C below them', () => {
    const { tty, write, rows } = createScreen(80);
    const { show } = createLiveLines(() => tty);
    write('Your task\n');
    show(['dev-1: in progress']);
    write('^C');
    show(['dev-1: in progress (1 s)']);
    expect(rows()).toEqual(['Your task', 'dev-1: in progress (1 s)']);
    write('^C');
    show([]);
    expect(rows()).toEqual(['Your task']);
  });

  test('escape control characters from a server', () => {
    const { tty, rows, raw } = createScreen(80);
    createLiveLines(() => tty).show(['\u001b[2Jx\ry\n']);
    expect(rows()).toEqual(['\\x1b[2Jx\\ry\\n']);
    expect(raw()).not.toContain('\u001b[2J');
  });
});

function createTestArea({ canRepaint = true, hasColors = true } = {}) {
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const notes: string[] = [];
  let isLineIncomplete = false;
  const area = createLiveArea({
    screen: () => stderr,
    canRepaint: () => canRepaint,
    isLineIncomplete: () => isLineIncomplete,
    note: (text) => notes.push(text),
    isPainted: () => hasColors,
  });
  return {
    area,
    notes,
    /** Returns the text that was written since the last call, without control sequences. */
    written: () => readAvailable(stderr).replace(/\r?\u001b\[\d*[AJK]/g, ''),
    setLineIncomplete: (incomplete: boolean) => (isLineIncomplete = incomplete),
  };
}

describe('the colors of the live area', () => {
  const lines: Line[] = [['dev-1: ', { text: 'in progress', tone: 'busy' }, ' (1 s)']];

  test('are shown', () => {
    const { area, written } = createTestArea();
    area.show(lines);
    expect(written()).toBe('dev-1: \u001b[33min progress\u001b[39m (1 s)\n');
  });

  test('do not count toward the width of a line', () => {
    const { tty, raw } = createScreen(20);
    createLiveLines(
      () => tty,
      () => true,
    ).show([
      ['dev-1: ', { text: '\u001b[2J', tone: 'busy' }],
      ['dev-1: ', { text: '集'.repeat(9), tone: 'busy' }, ' (1 s)'],
    ]);
    expect(raw()).not.toContain('\u001b[2J');
    expect(raw()).toContain(`dev-1: \u001b[33m${'集'.repeat(5)}\u001b[39m\u2026\u001b[K`);
  });
});

const slow = (...hosts: string[]) => ({ hosts, seconds: 7.9 });
const waiting = 'Waiting for a response from';

describe('the line about slow servers', () => {
  test('is below the lines of the command, and they stay when it is removed', () => {
    const { area, written } = createTestArea();
    area.show(['dev-1: in progress']);
    written();
    area.showSlow(slow('api:9021'));
    expect(written()).toBe(`dev-1: in progress\n${waiting} api:9021 (7 s)\n`);
    area.show(['dev-1: succeeded']);
    expect(written()).toBe(`dev-1: succeeded\n${waiting} api:9021 (7 s)\n`);
    area.showSlow(undefined);
    expect(written()).toBe('dev-1: succeeded\n');
  });

  test('names at most three servers', () => {
    const { area, written } = createTestArea();
    area.showSlow(slow('a:1', 'b:2', 'c:3', 'd:4', 'e:5'));
    expect(written()).toBe(`${waiting} a:1, b:2, c:3, 2 more (7 s)\n`);
  });

  test('is removed before a prompt, and not shown until it is answered', async () => {
    const { area, written } = createTestArea();
    area.showSlow(slow('api:9021'));
    written();
    await area.suspend(async () => {
      area.showSlow(slow('api:9021'));
      area.show(['dev-1: in progress']);
    });
    expect(written()).toBe('');
    area.showSlow(slow('api:9021'));
    expect(written()).toBe(`dev-1: in progress\n${waiting} api:9021 (7 s)\n`);
  });
});
