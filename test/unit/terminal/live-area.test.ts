import { describe, expect, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { createLiveArea } from '../../../src/terminal/live-area.js';
import { readAvailable } from '../../support/checks/read-available.js';

interface Conditions {
  readonly canRepaint?: boolean;
  readonly isTTY?: boolean;
}

function createTestArea({ canRepaint = true, isTTY = true }: Conditions = {}) {
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  const notes: string[] = [];
  let isLineIncomplete = false;
  const area = createLiveArea({
    screen: () => stderr,
    canRepaint: () => canRepaint,
    isLineIncomplete: () => isLineIncomplete,
    note: (text) => notes.push(text),
  });
  return {
    area,
    notes,
    /** Returns the text that was written since the last call, without control sequences. */
    written: () => readAvailable(stderr).replace(/\u001b\[\d*[AJK]/g, ''),
    setLineIncomplete: (incomplete: boolean) => (isLineIncomplete = incomplete),
  };
}

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

  test('is not shown within an incomplete line of the result', () => {
    const { area, written, setLineIncomplete } = createTestArea();
    setLineIncomplete(true);
    area.showSlow(slow('api:9021'));
    expect(written()).toBe('');
    setLineIncomplete(false);
    area.showSlow(slow('api:9021'));
    expect(written()).toBe(`${waiting} api:9021 (7 s)\n`);
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

  test('names each server once if lines cannot be redrawn', () => {
    const { area, notes, written } = createTestArea({ canRepaint: false });
    area.showSlow(slow('api:9021'));
    area.showSlow(slow('api:9021', 'uaa:8443'));
    area.showSlow(undefined);
    area.showSlow(slow('api:9021'));
    expect(notes).toEqual([`${waiting} api:9021`, `${waiting} uaa:8443`]);
    expect(written()).toBe('');
  });

  test('is not shown without a terminal', () => {
    const { area, notes, written } = createTestArea({ canRepaint: false, isTTY: false });
    area.showSlow(slow('api:9021'));
    expect([notes, written()]).toEqual([[], '']);
  });
});
