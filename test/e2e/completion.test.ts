import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { locateFolders } from '../../src/platform/config/environment.js';
import { createNameCache } from '../../src/platform/config/name-cache.js';
import { awkwardNames } from '../support/fixtures/awkward-names.js';
import { spawnPty, type Pty } from '../support/program/pty.js';
import { bin, programWords } from '../support/program/spawned.js';
import { describeIfPart } from '../support/runner/optional-part.js';

const home = mkdtempSync(join(tmpdir(), 'tpks-shells-'));
const commands = join(home, 'bin');
const workFolder = join(home, 'desk');
const state = join(home, 'state');
const env = {
  ...process.env,
  HOME: home,
  ZDOTDIR: undefined,
  // npm sets EDITOR to vi for its scripts, which changes the key bindings of zsh.
  EDITOR: undefined,
  VISUAL: undefined,
  PATH: `${commands}:${process.env['PATH'] ?? ''}`,
  TPKS_HOME: state,
  TPKS_CONTEXT: undefined,
  LC_ALL: 'C.UTF-8',
  TERM: 'dumb',
  // This variable delays each start of Node by 40 ms.
  NODE_EXTRA_CA_CERTS: undefined,
};

/** Installs a program that prints its arguments, and completes with the output of a command. */
function installStub(name: string, complete: string): void {
  const script = `#!/bin/sh
case $1 in
  __complete | completion) ${complete} ;;
  *) printf '<words'; printf ' [%s]' "$@"; echo '>' ;;
esac
`;
  writeFileSync(join(commands, name), script, { mode: 0o755 });
}

/** Completes like tpks. */
function installLink(name: string): void {
  const link = join(home, name);
  symlinkSync(bin, link);
  installStub(name, `exec ${programWords(link).join(' ')} "$@"`);
}

/** Completes all names. It does not start tpks, which would take most of the time of these tests. */
function installNames(): void {
  writeFileSync(join(home, 'names.txt'), awkwardNames.map((name) => `${name}\n`).join(''));
  installStub(
    'names',
    `for typed; do :; done
    while IFS= read -r name; do
      case $name in "$typed"*) printf '%s\\n' "$name" ;; esac
    done <'${join(home, 'names.txt')}'
    echo :none`,
  );
}

function createSettings(names: readonly string[]) {
  const context = {
    identity: 'cody',
    grant: 'password',
    clientId: 'pks_cli',
    uaa: 'https://127.0.0.1:1',
    store: 'file',
  };
  const contexts = Object.fromEntries(names.map((name) => [name, context]));
  return { version: 1, current: 'a=b', contexts };
}

beforeAll(async () => {
  for (const folder of [commands, workFolder, state]) mkdirSync(folder);
  for (const name of ['tpks', 'uaac']) installLink(name);
  installNames();
  writeFileSync(join(workFolder, 'my ca.pem'), '');
  writeFileSync(join(state, 'config.json'), JSON.stringify(createSettings(awkwardNames)));
  const clusterNames = createNameCache(locateFolders(env, process.platform).cache, 'clusters');
  await clusterNames.write('a=b', ['dev-1', 'production']);
  await clusterNames.write('~root', ['elsewhere']);
});
afterAll(() => rmSync(home, { recursive: true }));

const prompt = 'READY> ';

/** Starts an interactive shell, sets up completion and waits for the prompt. */
async function startShell(command: readonly string[], setUp: string): Promise<Pty> {
  // Set by env, because a python that was started by a shell script does not pass on PS1.
  const pty = spawnPty('env', [`PS1=${prompt}`, ...command], { env, cwd: workFolder });
  await pty.waitFor(prompt);
  pty.type(`${setUp}\r`);
  await pty.waitFor('\n');
  await pty.waitFor(prompt, 60);
  return pty;
}

/** Types keys and Enter. @returns the arguments that the program received, as {@link formatWords} does. */
async function readWords(pty: Pty, keys: string): Promise<string> {
  // A shell shows its prompt shortly before its line editor handles all keys.
  await delay(50);
  pty.type(`${keys}\r`);
  const screen = await pty.waitFor(/<words .*?>\r?\n/);
  await pty.waitFor(prompt);
  return screen.slice(screen.lastIndexOf('<words ') + 7, screen.lastIndexOf('>'));
}

const formatWords = (words: readonly string[]) => words.map((word) => `[${word}]`).join(' ');

/** @returns the shortest prefix of a name that no other name has. */
function findUniquePrefix(name: string): string {
  const letters = Array.from(name);
  const others = awkwardNames.filter((other) => other !== name);
  const last = letters.findIndex((_letter, index) => {
    const start = letters.slice(0, index + 1).join('');
    return !others.some((other) => other.startsWith(start));
  });
  return (last === -1 ? letters : letters.slice(0, last + 1)).join('');
}

const quotings = ['unquoted', 'in single quotes', 'in double quotes'] as const;

/** Each name with its unique prefix in each quoting style of shells. */
const quotedPrefixes = awkwardNames.flatMap((name) => {
  const start = findUniquePrefix(name);
  const starts: Record<(typeof quotings)[number], string> = {
    unquoted: start.replace(/[^\w./:@=-]/gu, '\\$&'),
    'in single quotes': start.includes("'") ? '' : `'${start}`,
    'in double quotes': `"${start.replace(/["$`\\]/g, '\\$&')}`,
  };
  return quotings
    .map((quoting) => ({ quoting, start: starts[quoting], name }))
    .filter((each) => each.start !== '');
});

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ['a command', 'tpks clusters\t', ['clusters']],
  ['a value after =', 'tpks login --store=fi\t', ['login', '--store=file']],
  [
    'a word after a quoted word',
    "tpks --context '~root' cluster e\t",
    ['--context', '~root', 'cluster', 'elsewhere'],
  ],
  ['no space after a key', 'tpks clusters --filter na\tx', ['clusters', '--filter', 'name=x']],
  ['a file', 'tpks uaa target --ca-cert my\t', ['uaa', 'target', '--ca-cert', 'my ca.pem']],
  ['a file after =', 'tpks uaa target --ca-cert=my\t', ['uaa', 'target', '--ca-cert=my ca.pem']],
  ['an option before --', 'tpks each --cluster prod\t', ['each', '--cluster', 'production']],
  ['a file after --', 'tpks each -- cat my\t', ['each', '--', 'cat', 'my ca.pem']],
  ['a file to write to', 'tpks clusters 2> my\t', ['clusters']],
  ['no file where none is expected', 'tpks clusters my\t', ['clusters', 'my']],
  [
    'a word within the line',
    `tpks cluster  --details${'\u0002'.repeat(' --details'.length)}prod\t`,
    ['cluster', 'production', '--details'],
  ],
  ['a command for a link named uaac', 'uaac mem\t', ['member']],
];

/** Tests for every shell that completes interactively. */
function testCompletion(start: () => Promise<Pty>): void {
  let pty: Pty;
  beforeAll(async () => {
    pty = await start();
  }, 90_000);
  afterAll(() => pty.hangUp());

  test.each(cases)('completes %s', async (_case, keys, expected) => {
    expect(await readWords(pty, keys)).toBe(formatWords(expected));
  });

  test.each(quotings)('names typed %s remain single words and run nothing', async (quoting) => {
    const ownPrefixes = quotedPrefixes.filter((name) => name.quoting === quoting);
    // Only a few per line, so that the line fits the screen.
    for (let index = 0; index < ownPrefixes.length; index += 3) {
      const some = ownPrefixes.slice(index, index + 3);
      const line = some.map(({ start }) => ` ${start}\t`).join('');
      expect(await readWords(pty, `names${line}`)).toBe(formatWords(some.map(({ name }) => name)));
    }
    expect(existsSync(join(workFolder, 'pwned'))).toBe(false);
  });

  test('lists the candidates with their descriptions', async () => {
    pty.type('tpks cluster\t\t');
    const screen = await pty.waitFor(/show a cluster/);
    expect(screen).toMatch(/clusters +\(?list clusters/);
    pty.type('\u0015true\r');
    await pty.waitFor(prompt);
  });

  test('prints no error if tpks is not installed', async () => {
    pty.type('old=$PATH PATH=/nowhere\r');
    await pty.waitFor(prompt);
    await delay(50);
    pty.type('tpks clu\t');
    pty.type('\u0015PATH=$old; echo do""ne\r');
    expect(await pty.waitFor('done')).not.toMatch(/not found|no such/i);
    await pty.waitFor(prompt);
  });
}

/**
 * Writes the script that `tpks completion SHELL --static` of 0.2.0 printed. These scripts use
 * their own command table if tpks has the same version, so the version in the script is replaced with an older one.
 */
function writeOldScript(shell: string): string {
  const path = join(home, `old.${shell}`);
  const stored = new URL(`completion-0.2.0/tpks.${shell}.gz`, import.meta.url);
  const script = gunzipSync(readFileSync(stored)).toString().replaceAll('0.2.0', '0.1.9');
  writeFileSync(path, script);
  return path;
}

describeIfPart('pty', 'bash', () => {
  const bash = ['bash', '--norc', '--noprofile', '-i'];
  const setUp = 'bind "set enable-bracketed-paste off"; set +o history';

  describe('with default settings', () => {
    testCompletion(() =>
      startShell(
        bash,
        `${setUp}; for it in tpks uaac names; do eval "$(tpks completion bash $it)"; done`,
      ),
    );
  });

  test('completes names if words are split only at spaces, as after npm completion', async () => {
    const pty = await startShell(
      bash,
      `${setUp}; COMP_WORDBREAKS=$' \\t\\n"\\''; source <(tpks completion bash)`,
    );
    const found = await readWords(pty, 'tpks --context cody@api.example.o\t');
    expect(found).toBe('[--context] [cody@api.example.org:9021]');
    pty.hangUp();
  });

  test('completes with a script installed by 0.2.0', async () => {
    const pty = await startShell(bash, `${setUp}; source ${writeOldScript('bash')}`);
    expect(await readWords(pty, 'tpks cluster prod\t')).toBe('[cluster] [production]');
    pty.hangUp();
  });
});

describeIfPart('pty', 'zsh', () => {
  describeIfPart('zsh', 'on this machine', () => {
    const zsh = ['zsh', '-f', '-i'];
    const setUp = 'autoload -Uz compinit; compinit -u';

    describe('with the script evaluated', () => {
      testCompletion(() =>
        startShell(
          zsh,
          `${setUp}; for it in tpks uaac names; do eval "$(tpks completion zsh $it)"; done`,
        ),
      );
    });

    test.each([
      ['if compinit was not called before', () => 'eval "$(tpks completion zsh)"'],
      [
        'with the script as a file in fpath',
        () => `tpks completion zsh > ~/_tpks; fpath=(~ $fpath); ${setUp}`,
      ],
      ['with a script installed by 0.2.0', () => `${setUp}; source ${writeOldScript('zsh')}`],
    ])('completes names %s', async (_case, createSetUp) => {
      const pty = await startShell(zsh, createSetUp());
      expect(await readWords(pty, 'tpks cluster prod\t')).toBe('[cluster] [production]');
      pty.hangUp();
    });

    test('completes file names without an error for a pattern that matches nothing', async () => {
      const pty = await startShell(zsh, `${setUp}; eval "$(tpks completion zsh)"`);
      pty.type('tpks uaa target --ca-cert no-such-file\t');
      pty.type('\u0015print -r -- done-$((6 * 7))\r');
      const screen = await pty.waitFor('done-42');
      pty.hangUp();
      expect(screen).not.toContain('no matches found');
    });
  });
});

describeIfPart('fish', 'fish', () => {
  const loadScripts = 'for it in tpks uaac names; source ~/scripts/$it.fish; end';
  beforeAll(() => {
    mkdirSync(join(home, 'scripts'));
    for (const name of ['tpks', 'uaac', 'names']) {
      const [program, ...args] = [...programWords(), 'completion', 'fish', name];
      writeFileSync(join(home, 'scripts', `${name}.fish`), execFileSync(program, args, { env }));
    }
  });

  /** @returns the candidates of fish for each line; fish adds quotes only when it inserts one. */
  function readCandidates(
    lines: readonly string[],
    setUp = loadScripts,
    notice: unknown = '',
  ): string[][] {
    const script = `
      ${setUp}
      for line in $argv
        complete -C $line
        echo '<end>'
      end`;
    const options = { env, cwd: workFolder, encoding: 'utf8' } as const;
    const { stdout, stderr } = spawnSync('fish', ['-N', '-c', script, ...lines], options);
    expect(stderr).toEqual(notice);
    const found = stdout.split('<end>\n').slice(0, -1);
    return found.map((text) => text.split('\n').filter((line) => line !== ''));
  }

  test('offers the same suggestions as other shells', () => {
    const lines = cases.filter(([name]) => !/^no|within|write/.test(name));
    const candidates = readCandidates(lines.map(([, keys]) => keys.replace('\t', '')));
    for (const [index, [, , expected]] of lines.entries()) {
      const offers = candidates[index]?.map((text) => text.split('\t')[0]);
      expect(offers).toContain(expected.at(-1));
    }
  });

  test('offers a name that fish would expand only if it is quoted', () => {
    const [unquoted = [], tilde, escaped, quoted] = readCandidates([
      'tpks --context ',
      'tpks --context ~roo',
      'tpks --context \\~',
      `tpks --context "~`,
    ]);
    expect(unquoted).toContain('cody@api.example.com');
    expect(unquoted.filter((name) => name.startsWith('~'))).toEqual([]);
    // Here fish itself offers the home directories of users.
    expect(tilde).not.toContain('~root');
    expect([escaped, quoted]).toEqual([['~root'], ['~root']]);
  });

  test('offers commands with descriptions, files after ~/, and nothing if nothing matches', () => {
    const [clusters, files, ...nothing] = readCandidates([
      'tpks clu',
      'tpks uaa target --ca-cert ~/nam',
      'tpks clusters my',
      'tpks nothing my',
    ]);
    expect(clusters).toEqual(
      expect.arrayContaining(['clusters\tlist clusters', 'cluster\tshow a cluster']),
    );
    expect(files?.map((line) => line.trimEnd())).toEqual(['~/names.txt']);
    expect(nothing).toEqual([[], []]);
  });

  test('offers nothing and prints no error if tpks is not installed', () => {
    const setUp = 'source ~/scripts/tpks.fish; set PATH /nowhere';
    expect(readCandidates(['tpks clu'], setUp)).toEqual([[]]);
  });

  test('names in any quotes remain single words and run nothing', () => {
    // Between double quotes, fish treats a backslash before ` as an ordinary character.
    const ownPrefixes = quotedPrefixes.filter(({ start }) => !start.startsWith('"\\`'));
    const lines = ownPrefixes.map(({ start }) => `names ${start}`);
    expect(readCandidates(lines)).toEqual(ownPrefixes.map(({ name }) => [name]));
    expect(existsSync(join(workFolder, 'pwned'))).toBe(false);
  });

  test('completes with a script installed by 0.2.0', () => {
    const setUp = `source ${writeOldScript('fish')}`;
    const notice = expect.stringContaining('tpks completion install fish');
    expect(readCandidates(['tpks cluster prod'], setUp, notice)).toEqual([['production']]);
  });
});

// This test runs no PowerShell, which most machines do not have.
test('a PowerShell script that 0.2.0 has installed calls __complete with the words', () => {
  expect(readFileSync(writeOldScript('ps1'), 'utf8')).toContain('& $program __complete -- @words');
});

describeIfPart('pty', 'a non-blocking pipe', () => {
  test('passes more data than its buffer holds to a slow reader', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `context-${String(index)}`);
    mkdirSync(join(workFolder, 'many'));
    writeFileSync(join(workFolder, 'many', 'config.json'), JSON.stringify(createSettings(many)));
    // Some terminals leave stdout non-blocking: a write that does not fit fails instead of waiting.
    const unblock = `python3 -c '
import fcntl, os, sys
fcntl.fcntl(1, fcntl.F_SETFL, os.O_NONBLOCK)
os.execvp(sys.argv[1], sys.argv[1:])'`;
    const { stdout } = spawnSync(
      'sh',
      ['-c', `${unblock} tpks __complete -- context use "" | { sleep 0.5; wc -l; }`],
      { env: { ...env, TPKS_HOME: join(workFolder, 'many') }, encoding: 'utf8' },
    );
    expect(Number(stdout)).toBe(many.length + 1);
  });
});
