import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { fileFolder } from '../support/fixtures/file-folder.js';

const demo = fileURLToPath(new URL('../../tools/docs/demo.mjs', import.meta.url));
const folder = fileFolder();

/** Returns the PID in the lock file of the demo's sandbox. */
function readSandboxPid(temporary: string): number | undefined {
  try {
    const [name = ''] = readdirSync(temporary);
    const lock = readFileSync(join(temporary, name, 'sandbox', 'sandbox.lock'), 'utf8');
    return (JSON.parse(lock) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.each([
  ['its output is closed', 'EPIPE', 141],
  ['it gets SIGINT', 'SIGINT', 130],
] as const)(
  'npm run demo stops its sandbox and leaves no files behind if %s',
  async (_event, signal, expectedCode) => {
    const temporary = mkdtempSync(join(folder.path, 'demo-'));
    const home = mkdtempSync(join(folder.path, 'home-'));
    const child = spawn(process.execPath, [demo], {
      env: { ...process.env, TMPDIR: temporary, HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    child.stdout.resume();
    let pid: number | undefined;
    while ((pid = readSandboxPid(temporary)) === undefined && child.exitCode === null) {
      await sleep(10);
    }
    if (signal === 'EPIPE') child.stdout.destroy();
    else child.kill(signal);
    expect(await exited).toEqual([expectedCode, null]);
    expect(pid).toBeGreaterThan(0);
    expect(isRunning(pid ?? 0)).toBe(false);
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(home)).toEqual([]);
  },
  60_000,
);
