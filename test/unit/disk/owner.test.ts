import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { isGone, thisProcess } from '../../../src/disk/owner.js';

test('this process is here', () => {
  expect(thisProcess()).toMatchObject({ pid: process.pid });
  expect(isGone(thisProcess())).toBe(process.platform === 'linux' ? false : undefined);
});

test('a process that has ended is gone, and so is one whose PID was given away', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  expect(isGone({ ...thisProcess(), pid })).toBe(true);
  if (process.platform !== 'linux') return;
  expect(isGone({ ...thisProcess(), startTime: '1' })).toBe(true);
});

test('of another host, and of a living one without a start time, nothing is known', () => {
  expect(isGone({ ...thisProcess(), host: 'other' })).toBeUndefined();
  expect(isGone({ ...thisProcess(), startTime: '' })).toBeUndefined();
});
