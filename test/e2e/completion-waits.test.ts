import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { waitSeconds } from '../../src/completion/static-lookup.js';
import { createNameCache } from '../../src/config/name-cache.js';
import { version } from '../../src/version.js';
import { createUser } from '../support/cli.js';
import { describeIfPart } from '../support/optional-part.js';
import { spawnPty, type Pty } from '../support/pty.js';

const user = createUser();
const home = user.env['HOME'] ?? '';
const cache = join(user.home, 'cache');
const program = join(home, 'bin', 'tpks');
/** The process id of each refresh. */
const refreshes = join(home, 'refreshes');
const prompt = 'READY> ';

const shells = {
  bash: { command: ['bash', '--norc', '--noprofile', '-i'], setUp: '' },
  zsh: { command: ['zsh', '-f', '-i'], setUp: 'autoload -Uz compinit; compinit -u -D;' },
  fish: {
    command: ['fish', '-N', '-i', '-C', `function fish_prompt; echo -n '${prompt}'; end`],
    setUp: '',
  },
} as const;
type Shell = keyof typeof shells;

/** A program whose refresh runs a command. */
function writeProgram(command: string): void {
  const text = `#!/bin/sh
case $2 in
  --version) echo ${version} ;;
  --refresh) echo $$ >>'${refreshes}'; exec ${command} ;;
  --) echo :none ;;
esac
`;
  writeFileSync(program, text, { mode: 0o755 });
}

beforeAll(async () => {
  mkdirSync(join(home, 'bin'), { recursive: true });
  mkdirSync(user.home, { recursive: true });
  const context = {
    ...{ identity: 'cody', grant: 'password', clientId: 'pks_cli' },
    ...{ uaa: 'https://127.0.0.1:1', store: 'file' },
  };
  const settings = { version: 1, current: 'a', contexts: { a: context } };
  writeFileSync(join(user.home, 'config.json'), JSON.stringify(settings));
  await user.tpks(['__complete', '--', 'context', 'use', '']);
});
beforeEach(() => writeFileSync(refreshes, ''));

function listRefreshes(): readonly number[] {
  return readFileSync(refreshes, 'utf8').split('\n').slice(0, -1).map(Number);
}

/** Starts a shell with the script, and presses TAB after `tpks cluster`. */
async function pressTab(shell: Shell, seconds: number): Promise<Pty> {
  const { command, setUp } = shells[shell];
  const file = join(home, shell);
  if (!existsSync(file)) {
    writeFileSync(file, (await user.tpks(['completion', shell, '--static'])).stdout);
  }
  const limit = { bash: 'read -t ', zsh: 'read -t ', fish: 'timeout --foreground ' }[shell];
  const parts = readFileSync(file, 'utf8').split(`${limit}${String(waitSeconds)}`);
  expect(parts).toHaveLength(2);
  const script = join(home, `${shell}-${String(seconds)}`);
  writeFileSync(script, parts.join(`${limit}${String(seconds)}`));
  const env = {
    ...{ ...process.env, ...user.env, EDITOR: undefined, VISUAL: undefined },
    ...{ TERM: 'dumb', PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}` },
  };
  const pty = spawnPty('env', [`PS1=${prompt}`, ...command], { env, cwd: home });
  await pty.waitFor(prompt);
  pty.type(`${setUp} source ${script}; echo so''urced\r`);
  await pty.waitFor('sourced');
  await pty.waitFor(prompt);
  await delay(50);
  pty.type('tpks cluster \t');
  while (listRefreshes().length === 0) await delay(10);
  return pty;
}

/** Clears the line, and waits until the shell runs a command. @returns the whole output. */
async function runCommand(pty: Pty, attempts = 10): Promise<string> {
  pty.type("\u0015echo do''ne\r");
  try {
    await pty.waitFor('done', 3);
  } catch (error) {
    // After Ctrl-C, a shell can discard a key.
    if (attempts === 1) throw error;
    return runCommand(pty, attempts - 1);
  }
  return pty.waitFor(prompt);
}

function testShell(shell: Shell): void {
  let pty: Pty | undefined;
  afterEach(() => {
    pty?.hangUp();
    for (const pid of listRefreshes()) {
      try {
        process.kill(pid);
      } catch {
        // It has ended.
      }
    }
  });

  test('TAB returns if tpks never does', async () => {
    writeProgram('sleep 1000');
    rmSync(join(cache, 'clusters-61.txt'), { force: true });
    pty = await pressTab(shell, 1);
    await runCommand(pty);
  });

  test('Ctrl-C stops the wait for missing names', async () => {
    writeProgram('sleep 1000');
    rmSync(join(cache, 'clusters-61.txt'), { force: true });
    pty = await pressTab(shell, 1000);
    pty.type('\u0003');
    await runCommand(pty);
  });

  test('an update in the background prints no messages about jobs', async () => {
    writeProgram('sleep 0.2');
    await createNameCache(cache, 'clusters').write('a', ['dev-1', 'dev-2']);
    pty = await pressTab(shell, 1);
    await pty.waitFor('dev-');
    await delay(400);
    await runCommand(pty);
    const screen = await runCommand(pty);
    expect(screen).not.toMatch(/\[\d\]|\bDone\b|has ended/);
  });
}

describeIfPart('pty', 'interactive shells', () => {
  describe('bash', () => {
    testShell('bash');
  });
  describeIfPart('zsh', 'zsh', () => {
    testShell('zsh');
  });
  describeIfPart('fish', 'fish', () => {
    testShell('fish');
  });
});
