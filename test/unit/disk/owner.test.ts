import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { hasEnded, currentProcess } from '../../../src/disk/owner-process.js';

test('this process is here', () => {
  expect(currentProcess()).toMatchObject({ pid: process.pid });
  expect(hasEnded(currentProcess())).toBe(process.platform === 'linux' ? false : undefined);
});

test('a process that has ended is gone, and so is one whose PID was given away', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  expect(hasEnded({ ...currentProcess(), pid })).toBe(true);
  if (process.platform !== 'linux') return;
  expect(hasEnded({ ...currentProcess(), startTime: '1' })).toBe(true);
});

test('of another host, and of a living one without a start time, nothing is known', () => {
  expect(hasEnded({ ...currentProcess(), host: 'other' })).toBeUndefined();
  expect(hasEnded({ ...currentProcess(), startTime: '' })).toBeUndefined();
});
