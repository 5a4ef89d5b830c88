import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { awkwardNames } from '../support/awkward-names.js';
import { bundle } from '../support/bundle.js';
import { describeIfPart } from '../support/optional-part.js';
import { spawnPty, type Pty } from '../support/pty.js';

const home = mkdtempSync(join(tmpdir(), 'tpks-shells-'));
const commands = join(home, 'bin');
const desk = join(home, 'desk');
const env = {
  ...process.env,
  // It alone costs Node 40 ms at each start.
  NODE_EXTRA_CA_CERTS: undefined,
  HOME: home,
  PATH: `${commands}:${process.env['PATH'] ?? ''}`,
  LC_ALL: 'C.UTF-8',
  TERM: 'dumb',
};

let program = '';
beforeAll(async () => {
  program = await bundle('test/support/completion-program.ts');
  mkdirSync(commands);
  mkdirSync(desk);
  for (const name of ['tpks', 'pks']) {
    writeFileSync(
      join(commands, name),
      `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`,
    );
    chmodSync(join(commands, name), 0o755);
  }
  writeFileSync(join(desk, 'my ca.pem'), '');
});
afterAll(() => {
  rmSync(dirname(program), { recursive: true });
  rmSync(home, { recursive: true });
});

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
  ['a command in a group', 'tpks uaa t\t', ['uaa', 'target']],
  ['an alias', 'tpks list-\t', ['list-clusters']],
  ['a flag', 'tpks cluster --det\t', ['cluster', '--details']],
  ['a value of a flag', 'tpks cluster -o js\t', ['cluster', '-o', 'json']],
  ['a value after =', 'tpks cluster --output=js\t', ['cluster', '--output=json']],
  [
    'a flag after a global one',
    'tpks --context x clusters --js\t',
    ['--context', 'x', 'clusters', '--json'],
  ],
  ['a file', 'tpks cluster --ca-cert my\t', ['cluster', '--ca-cert', 'my ca.pem']],
  ['a file after =', 'tpks cluster --ca-cert=my\t', ['cluster', '--ca-cert=my ca.pem']],
  ['a file to write to', 'tpks clusters 2> my\t', ['clusters']],
  ['no file where none belongs', 'tpks clusters my\t', ['clusters', 'my']],
  ['nothing after a word that is no command', 'tpks nothing my\t', ['nothing', 'my']],
  [
    'a word within the line',
    `tpks cluster  --details${'\u0002'.repeat(' --details'.length)}bl\t`,
    ['cluster', 'blank in it', '--details'],
  ],
  ['for a link of another name', 'pks cluster bl\t', ['cluster', 'blank in it']],
];

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
      const line = some.map(({ start }) => `${start}\t`).join('');
      expect(await words(pty, `tpks cluster ${line}`)).toEqual([
        'cluster',
        ...some.map(({ name }) => name),
      ]);
    }
    expect(existsSync(join(desk, 'pwned'))).toBe(false);
  });

  test('lists what is possible, each with what it is for', async () => {
    pty.type('tpks cluster\t\t');
    const screen = await pty.waitFor(/show one cluster/);
    expect(screen).toMatch(/clusters +\(?list the clusters you may see/);
    pty.type('\u0015true\r');
    await pty.waitFor(prompt);
  });
}

describeIfPart('pty', 'bash', () => {
  const bash = ['bash', '--norc', '--noprofile', '-i'];
  const setUp = 'bind "set enable-bracketed-paste off"; set +o history';

  describe('as it is', () => {
    completes(() =>
      shell(bash, `${setUp}; eval "$(tpks completion bash)"; eval "$(tpks completion bash pks)"`),
    );
  });

  test('that breaks words at blanks alone, as after npm completion', async () => {
    const pty = await shell(
      bash,
      `${setUp}; COMP_WORDBREAKS=$' \\t\\n"\\''; source <(tpks completion bash)`,
    );
    const found = await words(pty, 'tpks cluster cody@api.example.o\t');
    expect(found).toEqual(['cluster', 'cody@api.example.org:9021']);
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
          'autoload -Uz compinit; compinit -u; for it in tpks pks; do eval "$(tpks completion zsh $it)"; done',
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
      expect(await words(pty, 'tpks cluster bl\t')).toEqual(['cluster', 'blank in it']);
      pty.hangUp();
    });
  });
});

describeIfPart('fish', 'fish', () => {
  /** What fish would offer; it puts its own quotes round what it inserts. */
  function offered(line: string): string[] {
    const script = 'tpks completion fish $argv[2] | source; complete -C $argv[1]';
    const program = line.split(' ', 1)[0] ?? '';
    const { stdout, stderr } = spawnSync('fish', ['-N', '-c', script, line, program], {
      env,
      cwd: desk,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((text) => text !== '');
  }

  test.each(
    cases
      .map(([name, keys, expected]) => [name, keys.replace(/\t$/, ''), expected.at(-1)] as const)
      .filter(([name]) => !/no|within|write/.test(name)),
  )('%s', (_case, line, expected) => {
    expect(offered(line).map((text) => text.split('\t')[0])).toContain(expected);
  });

  test.each(['tpks clusters my', 'tpks nothing my'])('nothing for %s', (line) => {
    expect(offered(line)).toEqual([]);
  });

  test('each command with what it is for, in the order of the contents', () => {
    expect(offered('tpks clu')).toEqual([
      'clusters\tlist the clusters you may see',
      'cluster\tshow one cluster',
    ]);
  });

  test.each(
    // Between double quotes fish takes a backslash before ` for itself.
    typed.filter(({ start }) => !start.startsWith('"\\`')),
  )('$name typed $way', ({ start, name }) => {
    expect(offered(`tpks cluster ${start}`)).toEqual([name]);
    expect(existsSync(join(desk, 'pwned'))).toBe(false);
  });
});
