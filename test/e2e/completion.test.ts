import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createNameCache } from '../../src/config/name-cache.js';
import { locateFolders } from '../../src/config/folders.js';
import { awkwardNames } from '../support/awkward-names.js';
import { describeIfPart } from '../support/optional-part.js';
import { spawnPty, type Pty } from '../support/pty.js';

const home = mkdtempSync(join(tmpdir(), 'tpks-shells-'));
const commands = join(home, 'bin');
const desk = join(home, 'desk');
const state = join(home, 'state');
const env = {
  ...process.env,
  HOME: home,
  ZDOTDIR: undefined,
  // npm sets it to vi for its scripts, and zsh takes its keys from that.
  EDITOR: undefined,
  VISUAL: undefined,
  PATH: `${commands}:${process.env['PATH'] ?? ''}`,
  TPKS_HOME: state,
  TPKS_CONTEXT: undefined,
  LC_ALL: 'C.UTF-8',
  TERM: 'dumb',
  // It alone costs Node 40 ms at each start.
  NODE_EXTRA_CA_CERTS: undefined,
};

/** Completes as the real program does; what the line then runs only shows its words. */
function standIn(name: string): void {
  const link = join(home, name);
  symlinkSync(resolve('bin/tpks.js'), link);
  const script = `#!/bin/sh
case $1 in
  __complete | completion) exec '${process.execPath}' '${link}' "$@" ;;
  *) exec '${process.execPath}' '${join(home, 'words.cjs')}' "$@" ;;
esac
`;
  writeFileSync(join(commands, name), script, { mode: 0o755 });
}

function settingsWith(names: readonly string[]) {
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
  for (const folder of [commands, desk, state]) mkdirSync(folder);
  writeFileSync(
    join(home, 'words.cjs'),
    "console.log('<words ' + JSON.stringify(process.argv.slice(2)) + '>');",
  );
  for (const name of ['tpks', 'pks', 'uaac']) standIn(name);
  writeFileSync(join(desk, 'my ca.pem'), '');
  writeFileSync(join(state, 'config.json'), JSON.stringify(settingsWith(awkwardNames)));
  const clusterNames = createNameCache(locateFolders(env, process.platform).cache, 'clusters');
  await clusterNames.write('a=b', ['dev-1', 'production']);
  await clusterNames.write('~root', ['elsewhere']);
});
afterAll(() => rmSync(home, { recursive: true }));

const prompt = 'READY> ';

/** An interactive shell at its prompt, with the completion of the sample program set up. */
async function shell(command: readonly string[], setUp: string): Promise<Pty> {
  // A python that is itself started by a shell script would have lost PS1 on the way.
  const pty = spawnPty('env', [`PS1=${prompt}`, ...command], { env, cwd: desk });
  await pty.waitFor(prompt);
  pty.type(`${setUp}\r`);
  await pty.waitFor('\n');
  await pty.waitFor(prompt);
  return pty;
}

/** Types keys and return, and reads which words the program was started with. */
async function words(pty: Pty, keys: string): Promise<unknown> {
  // A shell shows its prompt a moment before its line editor takes every key for what it is.
  await delay(50);
  pty.type(`${keys}\r`);
  const screen = await pty.waitFor(/<words .*?>\r?\n/);
  await pty.waitFor(prompt);
  return JSON.parse(screen.slice(screen.lastIndexOf('<words ') + 7, screen.lastIndexOf('>')));
}

/** The shortest start of a name that no other name has. */
function uniqueStart(name: string): string {
  const letters = Array.from(name);
  const others = awkwardNames.filter((other) => other !== name);
  const enough = letters.findIndex((_letter, at) => {
    const start = letters.slice(0, at + 1).join('');
    return !others.some((other) => other.startsWith(start));
  });
  return (enough === -1 ? letters : letters.slice(0, enough + 1)).join('');
}

const ways = ['bare', 'in single quotes', 'in double quotes'] as const;

/** Each name, with its start typed in the ways in which shells take text literally. */
const typed = awkwardNames.flatMap((name) => {
  const start = uniqueStart(name);
  const starts: Record<(typeof ways)[number], string> = {
    bare: start.replace(/[^\w./:@=-]/gu, '\\$&'),
    'in single quotes': start.includes("'") ? '' : `'${start}`,
    'in double quotes': `"${start.replace(/["$`\\]/g, '\\$&')}`,
  };
  return ways.map((way) => ({ way, start: starts[way], name })).filter((each) => each.start !== '');
});

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ['a command', 'tpks clusters\t', ['clusters']],
  ['a command in a group', 'tpks uaa mem\t', ['uaa', 'member']],
  ['an alias', 'tpks list-\t', ['list-clusters']],
  ['a flag', 'tpks cluster --det\t', ['cluster', '--details']],
  ['a value of a flag', 'tpks login --store fi\t', ['login', '--store', 'file']],
  ['a value after =', 'tpks login --store=fi\t', ['login', '--store=file']],
  [
    'a flag after a global one',
    'tpks --context x clusters --js\t',
    ['--context', 'x', 'clusters', '--json'],
  ],
  ['a cluster of the current context', 'tpks cluster prod\t', ['cluster', 'production']],
  [
    'a cluster of another context',
    "tpks --context '~root' cluster e\t",
    ['--context', '~root', 'cluster', 'elsewhere'],
  ],
  ['a file', 'tpks uaa target --ca-cert my\t', ['uaa', 'target', '--ca-cert', 'my ca.pem']],
  ['a file after =', 'tpks uaa target --ca-cert=my\t', ['uaa', 'target', '--ca-cert=my ca.pem']],
  ['a file to write to', 'tpks clusters 2> my\t', ['clusters']],
  ['no file where none belongs', 'tpks clusters my\t', ['clusters', 'my']],
  ['nothing after a word that is no command', 'tpks nothing my\t', ['nothing', 'my']],
  [
    'a word within the line',
    `tpks cluster  --details${'\u0002'.repeat(' --details'.length)}prod\t`,
    ['cluster', 'production', '--details'],
  ],
  ['for a link named pks', 'pks cluster prod\t', ['cluster', 'production']],
  ['for a link named uaac, its words', 'uaac mem\t', ['member']],
];

/** Evaluates the script for the program `$it`; uaac has no command that would print it. */
function scriptFor(kind: string): string {
  return `eval "$(tpks completion ${kind} | sed s/tpks/$it/g)"`;
}

/** What every shell must do that completes while somebody types. */
function completes(start: () => Promise<Pty>): void {
  let pty: Pty;
  beforeAll(async () => {
    pty = await start();
  });
  afterAll(() => pty.hangUp());

  test.each(cases)('%s', async (_case, keys, expected) => {
    expect(await words(pty, keys)).toEqual(expected);
  });

  test.each(ways)('names typed %s stay one word each, and nothing is run', async (way) => {
    const mine = typed.filter((name) => name.way === way);
    // A few a line, so that it fits the screen.
    for (let at = 0; at < mine.length; at += 3) {
      const some = mine.slice(at, at + 3);
      const line = some.map(({ start }) => ` --context ${start}\t`).join('');
      expect(await words(pty, `tpks${line}`)).toEqual(
        some.flatMap(({ name }) => ['--context', name]),
      );
    }
    expect(existsSync(join(desk, 'pwned'))).toBe(false);
  });

  test('lists what is possible, each with what it is for', async () => {
    pty.type('tpks cluster\t\t');
    const screen = await pty.waitFor(/show a cluster/);
    expect(screen).toMatch(/clusters +\(?list clusters/);
    pty.type('\u0015true\r');
    await pty.waitFor(prompt);
  });
}

describeIfPart('pty', 'a pipe that does not wait', () => {
  test('tells more than a pipe holds to a slow reader', () => {
    const many = Array.from({ length: 20_000 }, (_, at) => `context-${String(at)}`);
    mkdirSync(join(desk, 'many'));
    writeFileSync(join(desk, 'many', 'config.json'), JSON.stringify(settingsWith(many)));
    // As some terminals leave it: a write that does not fit fails instead of waiting.
    const unblock = `python3 -c '
import fcntl, os, sys
fcntl.fcntl(1, fcntl.F_SETFL, os.O_NONBLOCK)
os.execvp(sys.argv[1], sys.argv[1:])'`;
    const { stdout } = spawnSync(
      'sh',
      ['-c', `${unblock} tpks __complete -- context use "" | { sleep 0.5; wc -l; }`],
      { env: { ...env, TPKS_HOME: join(desk, 'many') }, encoding: 'utf8' },
    );
    expect(Number(stdout)).toBe(many.length + 1);
  });
});

describeIfPart('pty', 'bash', () => {
  const bash = ['bash', '--norc', '--noprofile', '-i'];
  const setUp = 'bind "set enable-bracketed-paste off"; set +o history';

  describe('as it is', () => {
    completes(() =>
      shell(bash, `${setUp}; for it in tpks pks uaac; do ${scriptFor('bash')}; done`),
    );
  });

  test('that breaks words at blanks alone, as after npm completion', async () => {
    const pty = await shell(
      bash,
      `${setUp}; COMP_WORDBREAKS=$' \\t\\n"\\''; source <(tpks completion bash)`,
    );
    const found = await words(pty, 'tpks --context cody@api.example.o\t');
    expect(found).toEqual(['--context', 'cody@api.example.org:9021']);
    pty.hangUp();
  });
});

describeIfPart('pty', 'zsh', () => {
  describeIfPart('zsh', 'on this machine', () => {
    const zsh = ['zsh', '-f', '-i'];

    describe('with the script evaluated', () => {
      completes(() =>
        shell(
          zsh,
          `autoload -Uz compinit; compinit -u; for it in tpks pks uaac; do ${scriptFor('zsh')}; done`,
        ),
      );
    });

    test.each([
      ['without compinit before', 'eval "$(tpks completion zsh)"'],
      [
        'with the script as a file in fpath',
        'tpks completion zsh > ~/_tpks; fpath=(~ $fpath); autoload -Uz compinit; compinit -u',
      ],
    ])('%s', async (_case, setUp) => {
      const pty = await shell(zsh, setUp);
      expect(await words(pty, 'tpks cluster prod\t')).toEqual(['cluster', 'production']);
      pty.hangUp();
    });

    test('completes file names without an error for a pattern that matches nothing', async () => {
      const pty = await shell(
        zsh,
        'autoload -Uz compinit; compinit -u; eval "$(tpks completion zsh)"',
      );
      pty.type('tpks uaa target --ca-cert no-such-file\t');
      pty.type('\u0015print -r -- done-$((6 * 7))\r');
      const screen = await pty.waitFor('done-42');
      pty.hangUp();
      expect(screen).not.toContain('no matches found');
    });
  });
});

describe('the program itself', () => {
  /** What it says to `tpks __complete -- WORD…`. */
  function complete(words: readonly string[], circumstances: NodeJS.ProcessEnv = {}) {
    const { status, stdout, stderr } = spawnSync(
      join(commands, 'tpks'),
      ['__complete', '--', ...words],
      { env: { ...env, ...circumstances }, encoding: 'utf8' },
    );
    return { status, stdout, stderr };
  }

  test('offers a name with its description, and says that files do not belong', () => {
    expect(complete(['clusters'])).toEqual({
      status: 0,
      stdout: 'clusters\tlist clusters\n:none\n',
      stderr: '',
    });
  });

  test.each([
    ['a settings file that is corrupt', 'corrupt'],
    ['no settings file', 'absent'],
    ['a home that is a file', 'my ca.pem'],
  ])('is silent about %s', (_case, name) => {
    mkdirSync(join(desk, 'corrupt'), { recursive: true });
    writeFileSync(join(desk, 'corrupt', 'config.json'), '{"version":');
    expect(complete(['context', 'use', ''], { TPKS_HOME: join(desk, name) })).toEqual({
      status: 0,
      stdout: ':none\n',
      stderr: '',
    });
  });
});

describeIfPart('fish', 'fish', () => {
  /** What fish would offer for each line; it puts its own quotes round what it inserts. */
  function offered(...lines: string[]): string[][] {
    const script = `
      for it in tpks pks uaac
        tpks completion fish | sed s/tpks/$it/g | source
      end
      for line in $argv
        complete -C $line
        echo '<end>'
      end`;
    const options = { env, cwd: desk, encoding: 'utf8' } as const;
    const { stdout, stderr } = spawnSync('fish', ['-N', '-c', script, ...lines], options);
    expect(stderr).toBe('');
    const found = stdout.split('<end>\n').slice(0, -1);
    return found.map((text) => text.split('\n').filter((line) => line !== ''));
  }

  describe('offers', () => {
    const lines = cases
      .filter(([name]) => !/^no|within|write/.test(name))
      .map(([name, keys, expected]) => [name, keys.replace('\t', ''), expected.at(-1)] as const);
    let offers: ReadonlyMap<string, readonly string[]>;
    // One fish for all lines, because each start of fish runs tpks three times.
    beforeAll(() => {
      const all = offered(...lines.map(([, line]) => line));
      offers = new Map(all.map((texts, at) => [lines[at]?.[1] ?? '', texts]));
    });

    test.each(lines)('%s', (_case, line, expected) => {
      expect(offers.get(line)?.map((text) => text.split('\t')[0])).toContain(expected);
    });
  });

  test('a name that fish would expand only after it is typed literally', () => {
    const [bare = [], tilde, escaped, quoted] = offered(
      'tpks --context ',
      'tpks --context ~roo',
      'tpks --context \\~',
      `tpks --context "~`,
    );
    expect(bare).toContain('cody@api.example.com');
    expect(bare.filter((name) => name.startsWith('~'))).toEqual([]);
    // That is what fish itself offers for the home directories of users.
    expect(tilde).not.toContain('~root');
    expect([escaped, quoted]).toEqual([['~root'], ['~root']]);
  });

  test('nothing where nothing fits', () => {
    expect(offered('tpks clusters my', 'tpks nothing my')).toEqual([[], []]);
  });

  test('each command with what it is for, in the order of the contents', () => {
    expect(offered('tpks clu')).toEqual([['clusters\tlist clusters', 'cluster\tshow a cluster']]);
  });

  test.each(ways)('names typed %s stay one word each, and nothing is run', (way) => {
    // Between double quotes fish takes a backslash before ` for itself.
    const mine = typed.filter((each) => each.way === way && !each.start.startsWith('"\\`'));
    const lines = mine.map(({ start }) => `tpks --context ${start}`);
    expect(offered(...lines)).toEqual(mine.map(({ name }) => [name]));
    expect(existsSync(join(desk, 'pwned'))).toBe(false);
  });
});
