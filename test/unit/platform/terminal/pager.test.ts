import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { readEnvironment } from '../../../../src/platform/config/environment.js';
import { createPager, runPager } from '../../../../src/platform/terminal/pager.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

const path = '/usr/bin:/bin';
const longText = 'line\n'.repeat(24);

interface PagerConditions {
  readonly text?: string;
  readonly isTTY?: boolean;
  readonly rows?: number | undefined;
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  readonly interactive?: boolean;
}

/** @returns whether the pager would be started. */
async function isPaged({
  text = longText,
  isTTY = true,
  rows = 24,
  env = { PAGER: 'more' },
  platform = 'linux',
  interactive = true,
}: PagerConditions): Promise<boolean> {
  let isStarted = false;
  const pager = createPager({
    stdout: () => Object.assign(new Writable(), { isTTY, rows, columns: 80 }),
    env: readEnvironment(env),
    platform,
    options: () => ({ interactive }),
    ignoringCtrlC: () => {
      isStarted = true;
      return Promise.reject(new Error('not run in this test'));
    },
  });
  await pager(text).catch(() => undefined);
  return isStarted;
}

describe('createPager', () => {
  test('pages text that is longer than the screen', async () => {
    expect(await isPaged({})).toBe(true);
  });

  test('counts the screen rows of a line that is longer than the screen', async () => {
    expect(await isPaged({ text: 'x'.repeat(80 * 24) })).toBe(true);
    expect(await isPaged({ text: 'x'.repeat(80 * 23) })).toBe(false);
  });

  test('uses less by default', async () => {
    expect(await isPaged({ env: {} })).toBe(true);
  });

  test('uses only the pager in PAGER on Windows', async () => {
    expect(await isPaged({ env: {}, platform: 'win32' })).toBe(false);
    expect(await isPaged({ platform: 'win32' })).toBe(true);
  });

  test.each<[string, PagerConditions]>([
    ['the text fits on the screen', { text: 'line\n'.repeat(23) }],
    ['the terminal reports no rows', { rows: 0 }],
    ['stdout is not a terminal', { isTTY: false }],
    ['--non-interactive is set', { interactive: false }],
    ['TERM is dumb', { env: { TERM: 'dumb' } }],
    ['PAGER is empty', { env: { PAGER: '' } }],
    ['PAGER is cat', { env: { PAGER: 'cat' } }],
  ])('does not page if %s', async (_condition, conditions) => {
    expect(await isPaged(conditions)).toBe(false);
  });
});

describe('bold text', () => {
  const bold = `\u001B[1mline\u001B[22m\n`;

  test.each([
    ['less -R', { PAGER: 'less -R', LESS: 'F' }, true],
    ['less with the options of tpks', {}, true],
    ['less with R in LESS', { LESS: '-iMRSx4' }, true],
    ['less without R', { LESS: '-iM' }, false],
    ['another pager', { PAGER: 'more' }, false],
  ])('keeps its style only in pagers that show it: %s', async (_pager, env, isStyled) => {
    await withFolder(async (folder) => {
      const file = join(folder, 'shown');
      for (const name of ['less', 'more']) {
        writeFileSync(join(folder, name), `#!/bin/sh\ncat > ${file}\n`, { mode: 0o755 });
      }
      const pager = createPager({
        stdout: () => Object.assign(new Writable(), { isTTY: true, rows: 24, columns: 80 }),
        ...system({ PATH: `${folder}:${path}`, ...env }),
        options: () => ({ interactive: true }),
        ignoringCtrlC: (work) => work(),
      });
      expect(await pager(bold.repeat(24))).toBe(true);
      expect(readFileSync(file, 'utf8')).toBe((isStyled ? bold : 'line\n').repeat(24));
    });
  });

  test('does not count as text', async () => {
    const text = `${'x'.repeat(79)}\u001B[1mx\u001B[22m\n`.repeat(23);
    expect(await isPaged({ text })).toBe(false);
  });
});

const system = (env: NodeJS.ProcessEnv) =>
  ({ env: readEnvironment(env), platform: 'linux' }) as const;

describe('runPager', () => {
  test('passes the text and the environment without secrets', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'paged.txt');
      const env = {
        PATH: path,
        TPKS_PASSWORD: 'hidden',
        TPKS_CLIENT_SECRET: 'hidden',
        PKS_USER_PASSWORD: 'hidden',
        TKGI_USER_PASSWORD: 'hidden',
        TPKS_API: 'api.example.com',
      };
      expect(await runPager(`{ cat; env; } > ${file}`, 'Help\n', system(env))).toBe(true);
      const written = readFileSync(file, 'utf8');
      expect(written).toMatch(/^Help\n/);
      expect(written).toContain('TPKS_API=api.example.com');
      expect(written).toContain('LESS=FRX');
      expect(written).not.toContain('hidden');
    }));

  test('keeps the LESS variable of the user', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'less.txt');
      await runPager(`env > ${file}`, '', system({ PATH: path, LESS: 'R' }));
      expect(readFileSync(file, 'utf8')).toContain('LESS=R\n');
    }));

  test('does not run a program in the current folder', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'run.txt');
      writeFileSync(join(folder, 'less'), `#!/bin/sh\n: > '${file}'\n`, { mode: 0o755 });
      const relativePath = `${relative('.', folder)}:`;
      expect(await runPager('less', longText, system({ PATH: relativePath }))).toBe(false);
      expect(existsSync(file)).toBe(false);
    }));

  test('a shell runs no program in the current folder', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'run.txt');
      writeFileSync(join(folder, 'less'), `#!/bin/sh\n: > '${file}'\n`, { mode: 0o755 });
      const env = { PATH: `${relative('.', folder)}::/usr/bin` };
      await runPager('less "-R"', '', system(env));
      expect(existsSync(file)).toBe(false);
    }));

  test('on Windows, the shell is started by its full path and does not search the current folder', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'run.txt');
      const shell = join(folder, 'root\\System32\\cmd.exe');
      writeFileSync(shell, `#!/bin/sh\nexport > '${file}'\n`, { mode: 0o755 });
      const env = readEnvironment({ SystemRoot: join(folder, 'root'), PATH: '.;C:\\bin' });
      expect(await runPager('more "x"', '', { env, platform: 'win32' })).toBe(true);
      const variables = readFileSync(file, 'utf8');
      expect(variables).toContain("NoDefaultCurrentDirectoryInExePath='1'");
      expect(variables).toContain("PATH='C:\\bin'");
    }));

  test.each(['no-such-pager', 'no-such-pager --flag', '/', '"no such pager"'])(
    'reports that %s was not started',
    async (command) => {
      expect(await runPager(command, longText, system({ PATH: path }))).toBe(false);
    },
  );

  test.each(['true', 'false', 'head -c 1 >/dev/null'])(
    'succeeds if %s exits before it has read everything',
    async (command) => {
      const text = 'line\n'.repeat(100_000);
      expect(await runPager(command, text, system({ PATH: path }))).toBe(true);
    },
  );
});
