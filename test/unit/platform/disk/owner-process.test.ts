import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { hasEnded, currentProcess } from '../../../../src/platform/disk/owner-process.js';

test('reports that the current process has not ended', () => {
  expect(currentProcess()).toMatchObject({ pid: process.pid });
  expect(hasEnded(currentProcess())).toBe(process.platform === 'linux' ? false : undefined);
});

test('reports that a process has ended, even if its PID is in use again', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  expect(hasEnded({ ...currentProcess(), pid })).toBe(true);
  if (process.platform !== 'linux') return;
  expect(hasEnded({ ...currentProcess(), startTime: '1' })).toBe(true);
});

test('returns undefined for processes on other hosts and for running processes without a start time', () => {
  expect(hasEnded({ ...currentProcess(), host: 'other' })).toBeUndefined();
  expect(hasEnded({ ...currentProcess(), startTime: '' })).toBeUndefined();
});
