import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkCompletion } from '../../../../src/domain/doctor/completion.js';
import { createCompletionScripts } from '../../../../src/platform/config/completion-files.js';
import { describeIfPart } from '../../../support/runner/optional-part.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tpks-completion-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const check = (
  variables: Readonly<Record<string, string>>,
  { isInteractive = true, seconds = 60 } = {},
) => {
  const env = { HOME: home, PATH: process.env['PATH'], ...variables };
  return checkCompletion({ env, platform: 'linux' }, isInteractive, seconds);
};
const installScript = (shell: 'bash' | 'zsh') =>
  createCompletionScripts({ HOME: home }, 'linux').install(
    { shell, program: 'tpks' },
    `#compdef tpks\n# ${shell} completion for tpks: for tests\n_tpks() { :; }\n`,
  );

test.each([
  ['loaded', { TPKS_COMPLETION: 'zsh' }, 'pass'],
  ['loaded by a script of 0.2.0', { TPKS_COMPLETION: 'zsh 41 tpks' }, 'pass'],
  ['not loaded', { SHELL: '/bin/bash' }, 'warn'],
  ['in a shell without a script', { SHELL: '/bin/tcsh' }, 'skip'],
])('checkCompletion for completion that is %s', async (_name, variables, status) => {
  expect(await check(variables)).toMatchObject([{ status }]);
});

test('checkCompletion finds the file of the login shell, and warns only in a terminal', async () => {
  const checkBash = () => check({ SHELL: '/bin/bash' }, { isInteractive: false });
  expect(await checkBash()).toMatchObject([{ status: 'skip' }]);
  await installScript('bash');
  expect(await checkBash()).toMatchObject([{ status: 'pass' }]);
});

const noResult = {
  check: 'completion',
  status: 'skip',
  isUnknown: true,
  message: 'zsh: not checked, because zsh -i did not report a result',
};

describeIfPart('zsh', 'checkCompletion asks zsh', () => {
  const shell = () => ({
    SHELL: execFileSync('sh', ['-c', 'command -v zsh'], { encoding: 'utf8' }).trim(),
  });
  const writeSettings = (...lines: readonly string[]) => {
    writeFileSync(join(home, '.zshrc'), `${lines.join('\n')}\n`);
  };
  const registered = { check: 'completion', status: 'pass', message: 'zsh completes tpks' };

  test.each([[[]], [['echo noise']]])(
    'and passes with the lines that tpks prints, added to %j in ~/.zshrc',
    async (settings) => {
      writeSettings(...settings);
      const { path, setup } = await installScript('zsh');
      expect(await check(shell())).toEqual([
        {
          check: 'completion',
          status: 'warn',
          message: `${path} exists, but zsh does not load it`,
          fix: 'add the lines to ~/.zshrc that this command prints: tpks completion install zsh',
        },
      ]);
      writeSettings(...settings, ...(setup?.lines ?? []));
      expect(await check(shell())).toEqual([registered]);
    },
  );

  test('and passes with one line before compinit', async () => {
    writeSettings('autoload -Uz compinit', 'compinit -u');
    const { path, setup } = await installScript('zsh');
    expect(setup?.lines).toEqual([`fpath=('${dirname(path)}' $fpath)`]);
    writeSettings(...(setup?.lines ?? []), 'autoload -Uz compinit', 'compinit -u');
    expect(await check(shell())).toEqual([registered]);
  });

  test('and warns if there is no script, unless a script starts tpks', async () => {
    writeSettings();
    expect(await check(shell())).toMatchObject([
      { status: 'warn', message: 'not loaded in zsh', fix: 'tpks completion install zsh' },
    ]);
    expect(await check(shell(), { isInteractive: false })).toMatchObject([{ status: 'skip' }]);
  });

  test('even if another shell is the login shell, if its script is installed', async () => {
    await installScript('zsh');
    writeSettings();
    expect(await check({ SHELL: '/bin/fish' })).toMatchObject([
      { status: 'warn', message: 'not loaded in fish' },
      { status: 'warn', message: expect.stringContaining('zsh does not load it') },
    ]);
  });

  test('without passwords and secrets', async () => {
    writeSettings(
      `print -r -- "\${TPKS_PASSWORD-none} \${TPKS_CLIENT_SECRET-none}" > ${home}/seen`,
    );
    await check({ ...shell(), TPKS_PASSWORD: 'a', TPKS_CLIENT_SECRET: 'b' });
    expect(readFileSync(join(home, 'seen'), 'utf8')).toBe('none none\n');
  });

  test.each([
    ['waits for a program', 'sleep 1000'],
    ['starts another program', 'exec sleep 1000'],
    ['exits', 'exit 0'],
  ])('and skips the check if ~/.zshrc %s', async (_name, line) => {
    writeSettings(`echo $$ > ${home}/pid`, line);
    expect(await check(shell(), { seconds: 3 })).toEqual([noResult]);
    const pid = Number(readFileSync(join(home, 'pid'), 'utf8'));
    await expect(waitForEnd(pid)).resolves.toBeUndefined();
  });
});

/** Resolves when no process is left in the process group. */
async function waitForEnd(group: number): Promise<void> {
  for (;;) {
    try {
      process.kill(-group, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
