import type { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createPrograms, type ProgramInput } from '../../../../src/domain/each/programs.js';
import { isRunning, waitUntil } from '../../../support/checks/processes.js';

/** Runs a shell script, and collects its output. */
function start(script: string, input: Partial<ProgramInput> = {}, programs = createPrograms()) {
  const output = { stdout: '', stderr: '' };
  const read = async (name: 'stdout' | 'stderr', chunks: Readable) => {
    for await (const chunk of chunks) output[name] += String(chunk);
  };
  const ended = programs.run({
    ...{ file: '/bin/sh', args: ['-c', script], env: process.env, read },
    ...{ timeoutSeconds: undefined, ...input },
  });
  /** Waits until the script has printed PIDs, and returns them. */
  const pids = async (): Promise<number[]> => {
    await waitUntil(() => /ready\n/.test(output.stdout));
    return (output.stdout.match(/\d+/g) ?? []).map(Number);
  };
  return { ended, output, pids, programs };
}

test.each([
  ['exit 0', 0, undefined],
  ['exit 3', 3, 'exited with 3'],
  ['kill -9 $$', null, 'exited with SIGKILL'],
])('reports the end of `%s`', async (script, exitCode, problem) => {
  expect(await start(script).ended).toEqual({ exitCode, problem });
});

test('passes arguments and the environment unchanged, and an empty stdin', async () => {
  const args = ['-c', 'cat; printf "%s|" "$@" "$X"; printf err >&2', 'sh', '$(id)', 'a b', ''];
  const { ended, output } = start('', { args, env: { PATH: process.env['PATH'], X: '*' } });
  expect(await ended).toEqual({ exitCode: 0, problem: undefined });
  expect(output).toEqual({ stdout: '$(id)|a b||*|', stderr: 'err' });
});

test.each([
  ['a missing file', { file: '/no/such/program' }, 'no such file or directory'],
  ['a folder', { file: '/tmp' }, 'permission denied'],
  ['a NUL byte in an argument', { args: ['a\0b'] }, expect.stringContaining('null bytes')],
  ['a NUL byte in a variable', { env: { A: 'a\0b' } }, expect.stringContaining('null bytes')],
])('reports a program that cannot be started: %s', async (_name, input, reason) => {
  const { exitCode, problem = '' } = await start('', input).ended;
  const [, found] = /^cannot be started: (.+)$/s.exec(problem) ?? [];
  expect([exitCode, found]).toEqual([null, reason]);
});

test('stops a program with all processes that it started after the time limit', async () => {
  const script = 'sleep 60 & echo $$ $! ready; wait';
  const { ended, pids } = start(script, { timeoutSeconds: 0.5 });
  expect((await ended).problem).toBe('did not finish within 0.5 s');
  expect((await pids()).map(isRunning)).toEqual([false, false]);
});

describe('stop', () => {
  test('lets a program clean up, and starts no others', async () => {
    const { ended, output, pids, programs } = start(
      "trap 'echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.1; done",
    );
    await pids();
    programs.stop();
    expect(await ended).toEqual({ exitCode: 0, problem: 'was interrupted' });
    expect(output.stdout).toContain('cleaned');
    expect(programs.isInterrupted()).toBe(true);
    const next = await start('exit 0', {}, programs).ended;
    expect(next).toEqual({ exitCode: null, problem: 'was not started' });
  });
});

test.each([
  ['has ended', 'echo ready'],
  ['is running', 'yes ready'],
])('an unread output does not keep tpks running if the program %s', async (_name, script) => {
  const programs = createPrograms({ graceMilliseconds: 100 });
  let isBlocked = false;
  const { ended } = start(
    script,
    {
      read: async (_output, chunks) => {
        await chunks[Symbol.asyncIterator]().next();
        isBlocked = true;
        await new Promise(() => undefined);
      },
    },
    programs,
  );
  await waitUntil(() => isBlocked);
  programs.stop();
  await ended;
});

test('an error of `read` stops all programs', async () => {
  const programs = createPrograms();
  const other = start('echo ready; exec sleep 60', {}, programs);
  await other.pids();
  const failed = start(
    'echo ready; exec sleep 60',
    {
      read: async (_name, chunks) => {
        await chunks[Symbol.asyncIterator]().next();
        throw new Error('disk full');
      },
    },
    programs,
  );
  await expect(failed.ended).rejects.toThrow('disk full');
  const problem = 'was stopped, because the output could not be written';
  expect(await other.ended).toEqual({ exitCode: null, problem });
  expect(programs.isInterrupted()).toBe(false);
  // After Ctrl-C in a pipeline, the reader can end first.
  programs.stop();
  expect(programs.isInterrupted()).toBe(true);
});
