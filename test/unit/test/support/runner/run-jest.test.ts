import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { withFolder } from '../../../../support/runner/temporary-folder.js';

const script = fileURLToPath(new URL('../../../../support/runner/run-jest.mjs', import.meta.url));

/** Starts and stops a run with an empty home directory and an empty temporary folder. */
async function runInEmptyFolders(stop: NodeJS.Signals) {
  return withFolder(async (folder) => {
    const [home, temporary] = [join(folder, 'home'), join(folder, 'tmp')];
    mkdirSync(home);
    mkdirSync(temporary);
    const child = spawn(process.execPath, [script, 'test/unit/base/shell-quote.test.ts'], {
      env: { ...process.env, HOME: home, TMPDIR: temporary },
      stdio: 'ignore',
    });
    const exited = once(child, 'exit');
    while (readdirSync(temporary).length === 0 && child.exitCode === null) await sleep(10);
    child.kill(stop);
    const [code] = (await exited) as [number | null];
    return { code, left: [...readdirSync(home), ...readdirSync(temporary)] };
  });
}

// The stage `test` of .ci/run checks that a complete run leaves no files behind.
test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('the tests leave no files behind after %s', async (signal, code) => {
  expect(await runInEmptyFolders(signal)).toEqual({ code, left: [] });
});
