import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findRoot } from '../../src/commands/root.js';
import { createStaticTable } from '../../src/completion/static-table.js';
import { createNameCache } from '../../src/config/name-cache.js';
import { version } from '../../src/version.js';
import { awkwardNames } from '../support/awkward-names.js';
import { createUser } from '../support/cli.js';
import { describeIfPart } from '../support/optional-part.js';

const user = createUser();
const work = mkdtempSync(join(tmpdir(), 'tpks-static-'));
const calls = join(work, 'calls');
const replies = join(work, 'replies');
const program = join(work, 'tpks');
/** The working directory of the shells, which complete file names. */
const workFolder = join(work, 'desk');
const configFile = join(user.home, 'config.json');
const env = { ...user.env, PATH: `${work}:${user.env['PATH'] ?? ''}`, LC_ALL: 'C.UTF-8' };
const hostileNames = [...awkwardNames, '-x', 'new\nline', '\u001b[2J', ''];

/** Prints recorded replies, so that hundreds of calls take only seconds, and records its calls. */
const createStub = (ownVersion: string) => `#!/bin/sh
echo "$*" >>'${calls}'
case $2 in
  --version)
    echo ${ownVersion}
    record=$TPKS_HOME/cache/program-${ownVersion}$(echo "$3" | tr / %)
    readlink -f "$3" >"$record"
    touch -r "$3" "$record"
    ;;
  --) shift 2; IFS='|'; cat '${replies}'/"_$*" ;;
esac
`;
const stub = createStub(version);

/** Sets the variables of each shell, and prints what its completion would insert for each line. */
const drivers = {
  bash: `source "$1"
while IFS= read -r line; do
  COMP_LINE=$line COMP_POINT=\${#line} COMP_TYPE=63 COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:@' COMPREPLY=()
  _tpks_complete
  printf '%s =>' "$line"; printf ' <%s>' "\${COMPREPLY[@]}"; echo
done`,
  zsh: `autoload -Uz compinit; compinit -u -D; source $1
compadd() { print -rn -- " $*"; printf ' <%s>' "\${values[@]}" "\${shown[@]}" }
_files() { print -rn ' files' }
while IFS= read -r line; do
  words=("\${(@s: :)line}") CURRENT=$#words PREFIX=$words[-1]
  print -rn -- "$line =>"; _tpks; print
done`,
  fish: `source $argv[1]
while read -l line
  echo "$line =>"; complete -C $line
end`,
};
type Shell = keyof typeof drivers;

const programs: Record<Shell, readonly string[]> = {
  bash: ['bash', '--norc', '-c', drivers.bash, 'bash'],
  zsh: ['zsh', '-f', '-c', drivers.zsh, 'zsh'],
  fish: ['fish', '-N', '-c', drivers.fish],
};

/** Commands that keep the value of a variable, but do not pass it to programs. */
const unexport = { bash: 'export -n', zsh: 'typeset +x', fish: 'set -gu' } as const;

let lines: readonly string[];

beforeAll(async () => {
  for (const folder of [user.home, replies, workFolder]) mkdirSync(folder, { recursive: true });
  writeFileSync(program, stub, { mode: 0o755 });
  const context = {
    ...{ identity: 'cody', grant: 'password', clientId: 'pks_cli' },
    ...{ uaa: 'https://127.0.0.1:1', store: 'file' },
  };
  const contexts = Object.fromEntries(hostileNames.map((name) => [name, context]));
  writeFileSync(configFile, JSON.stringify({ version: 1, current: 'a=b', contexts }));
  const kinds = ['clusters', 'plans', 'tasks', 'network-profiles', 'owners'] as const;
  const more = ['compute-profiles', 'kubernetes-profiles', 'users', 'groups', 'clients'] as const;
  for (const kind of [...kinds, ...more]) {
    await createNameCache(join(user.home, 'cache'), kind).write('a=b', hostileNames);
  }
  lines = await listLines();
  for (const line of lines) {
    const words = line.split(' ').slice(1);
    const { stdout } = await user.tpks(['__complete', '--', ...words]);
    writeFileSync(join(replies, `_${words.join('|')}`), stdout);
  }
}, 300_000);
beforeEach(() => writeFileSync(calls, ''));
afterAll(() => rmSync(work, { recursive: true }));

/** The words of a key of the table, with as many arguments as it names. */
function toWords(key: string): readonly string[] {
  const [, start = '', index = '0'] = /^(.*?)(?: (\d+)| -)?$/.exec(key) ?? [];
  return ['tpks', ...start.split(' ').slice(1), ...Array<string>(Number(index)).fill('c1')];
}

const repeatableFlags = [
  'tpks clusters --filter a=b --',
  'tpks clusters --columns name --columns ',
  'tpks curl -H a:b -',
  'tpks uaa client add x --scope a --sco',
  'tpks uaa user get x -a id --at',
];

/**
 * Every position in the table, with nothing typed and with the start of a suggestion, and every command
 * after each of its arguments and after some of its flags. Testing all of them would take a minute.
 */
async function listLines(): Promise<readonly string[]> {
  const { rows, commands } = await createStaticTable(await findRoot('tpks'));
  const positions = rows.flatMap(({ keys, answer }) => {
    const starts = answer.kind === 'list' ? [answer.lines[0], answer.aliases[0], 'x'] : ['c'];
    return keys.flatMap((key, index) => {
      const isDashed = key.endsWith(' -');
      const typed = starts.map((start = '') => start.slice(0, isDashed ? 4 : 2));
      // Prefixes for the first key only, because hundreds of calls take a minute.
      return ['', ...(index === 0 ? typed : [])].map((start) =>
        [...toWords(key), isDashed && start === '' ? '-' : start].join(' '),
      );
    });
  });
  const [root] = commands;
  const later = commands.flatMap(({ keys, arguments: count, flags }, commandIndex) => {
    const line = toWords(keys[0] ?? '').join(' ');
    const afterFlags = flags
      .filter((flag) => !root?.flags.includes(flag) || /--(?:json|context)/.test(flag))
      .filter((_, index) => (commandIndex + index) % 10 === 0)
      .map((flag) => `${line} ${flag.split(',')[1] ?? ''}${/[=:]/.test(flag) ? ' a=b' : ''}`);
    if (count === '') return afterFlags.map((start) => `${start} `);
    const afterArguments = Array.from({ length: Number.parseInt(count, 10) + 1 }, (_, index) =>
      [line, ...Array<string>(index + 1).fill('c1')].join(' '),
    );
    return [
      ...afterFlags.flatMap((start) => [`${start} --`, `${start} `]),
      ...afterArguments.flatMap((start) => [`${start} `, `${start} --json -`]),
    ];
  });
  return [...new Set([...positions, ...later, ...repeatableFlags])];
}

/** Why only tpks knows the suggestions for some lines. */
const reasons: Readonly<Record<string, RegExp>> = {
  'kubeconfig contexts are in the kubeconfig': /^kubeconfig remove (?!.*-$)/,
  'UAA targets are in the settings': /^uaa target (?!.*-$)/,
  'the names belong to another context': /--context a=b $/,
  'the names belong to an identity zone': / --zone(?:-id)? a=b $/,
  'a Kubernetes session may belong to no context': /^(?:logout|kube-credential) --context /,
};

async function writeScript(shell: Shell, ...flags: readonly string[]): Promise<string> {
  const { code, stdout } = await user.tpks(['completion', shell, ...flags]);
  expect(code).toBe(0);
  const path = join(work, `${shell}${flags.join('')}`);
  writeFileSync(path, stdout);
  return path;
}

function run(shell: Shell, script: string, some: readonly string[], extraEnv = {}) {
  const [command = '', ...args] = programs[shell];
  const { stdout, stderr } = spawnSync(command, [...args, script], {
    env: { ...env, ...extraEnv },
    cwd: workFolder,
    input: some.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { stdout, stderr };
}

/** The calls of the program, except the first check of its version and updates in the background. */
function readCalls(): readonly string[] {
  return readFileSync(calls, 'utf8')
    .split('\n')
    .filter((line) => /^__complete -- /.test(line));
}

function testShell(shell: Shell): void {
  test('prints the same as the script without a table, line by line, and calls tpks only for known reasons', async () => {
    expect(lines.length).toBeGreaterThan(500);
    const expected = run(shell, await writeScript(shell), lines);
    expect(readCalls().length).toBe(lines.length);
    const script = await writeScript(shell, '--static');
    writeFileSync(calls, '');
    const actual = run(shell, script, lines);
    expect(actual.stdout.split('\n')).toEqual(expected.stdout.split('\n'));
    expect(actual.stderr).toBe('');
    const unexplained = readCalls().filter((call) => {
      const line = call.replace('__complete -- ', '');
      return !Object.values(reasons).some((reason) => reason.test(line));
    });
    expect(unexplained).toEqual([]);
    expect(readdirSync(workFolder)).toEqual([]);
  }, 120_000);

  test.each([
    'tpks clusters -ojson ',
    'tpks nothing ',
    'tpks list-clusters ',
    'tpks login --store=',
  ])('calls tpks for %j', async (line) => {
    run(shell, await writeScript(shell, '--static'), [line]);
    expect(readCalls()).toHaveLength(1);
  });

  test.each(['TPKS_CONTEXT', 'TPKS_API', 'TPKS_UAA_URL'])(
    'calls tpks for names if %s is set',
    async (name) => {
      const script = await writeScript(shell, '--static');
      run(shell, script, ['tpks cluster ', 'tpks clusters -o '], { [name]: 'x' });
      expect(readCalls()).toEqual(['__complete -- cluster ']);
    },
  );

  test('calls tpks for names if config.json is newer than the cache', async () => {
    const script = await writeScript(shell, '--static');
    run(shell, script, ['tpks cluster ']);
    expect(readCalls()).toEqual([]);
    writeFileSync(configFile, readFileSync(configFile));
    run(shell, script, ['tpks cluster ', 'tpks context use ']);
    expect(readCalls()).toEqual(['__complete -- cluster ', '__complete -- context use ']);
    await user.tpks(['__complete', '--', 'cluster', '']);
    writeFileSync(calls, '');
    run(shell, script, ['tpks cluster ', 'tpks context use ']);
    expect(readCalls()).toEqual([]);
  });

  test('calls tpks for names if an older config.json was restored', async () => {
    const script = await writeScript(shell, '--static');
    const { mtimeMs } = statSync(configFile);
    utimesSync(configFile, mtimeMs / 1000 - 60, mtimeMs / 1000 - 60);
    run(shell, script, ['tpks cluster ']);
    expect(readCalls()).toEqual(['__complete -- cluster ']);
    await user.tpks(['__complete', '--', 'cluster', '']);
    writeFileSync(calls, '');
    run(shell, script, ['tpks cluster ']);
    expect(readCalls()).toEqual([]);
  });

  test('prints nothing if tpks is not installed', async () => {
    // The shell starts in a folder of links, because /usr/bin can contain tpks.
    const folder = join(work, `no-tpks-${shell}`);
    mkdirSync(folder);
    const { stdout } = spawnSync('which', [shell], { encoding: 'utf8' });
    symlinkSync(stdout.trim(), join(folder, shell));
    const script = await writeScript(shell, '--static');
    const some = ['tpks clu', 'tpks cluster '];
    expect(run(shell, script, some, { PATH: folder }).stderr).toBe('');
    expect(run(shell, await writeScript(shell), some, { PATH: folder }).stderr).toBe('');
  });

  test('calls tpks if TPKS_HOME is set but not exported', async () => {
    const script = await writeScript(shell, '--static');
    const text = readFileSync(script, 'utf8');
    writeFileSync(
      script,
      `${unexport[shell]} TPKS_HOME${shell === 'fish' ? ' $TPKS_HOME' : ''}\n${text}`,
    );
    run(shell, script, ['tpks cluster ']);
    expect(readCalls()).toEqual(['__complete -- cluster ']);
  });

  test('updates names once, in the background, and waits if there are none', async () => {
    const script = await writeScript(shell, '--static');
    const owners = join(user.home, 'cache', `owners-${Buffer.from('a=b').toString('hex')}.txt`);
    rmSync(owners, { force: true });
    run(shell, script, [
      ...['tpks network-profile ', 'tpks network-profile d'],
      ...['tpks quota ', 'tpks quota '],
    ]);
    const refreshes = readFileSync(calls, 'utf8')
      .split('\n')
      .filter((line) => /--refresh pks (?:network-profiles|owners)/.test(line));
    expect(refreshes.sort()).toEqual([
      '__complete --refresh pks network-profiles',
      '__complete --refresh pks owners',
    ]);
    expect(readCalls()).toEqual(['__complete -- quota ', '__complete -- quota ']);
    await createNameCache(join(user.home, 'cache'), 'owners').write('a=b', hostileNames);
  });

  test('checks the version of tpks once, and calls tpks after a notice if it differs', async () => {
    const script = await writeScript(shell, '--static');
    const folder = join(work, `other-${shell}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'tpks'), createStub('9.9.9'), { mode: 0o755 });
    const PATH = `${folder}:${env.PATH}`;
    const some = ['tpks clusters -o ', 'tpks clu'];
    const { stderr } = run(shell, script, some, { PATH });
    expect(stderr.match(/tpks completion install/g)).toHaveLength(1);
    expect(readCalls()).toEqual(['__complete -- clusters -o ', '__complete -- clu']);
    writeFileSync(calls, '');
    expect(run(shell, script, some).stderr).toBe('');
    expect(run(shell, script, some).stderr).toBe('');
    expect(readFileSync(calls, 'utf8')).toBe('');
  });

  test('checks the version again after the program was replaced', async () => {
    const script = await writeScript(shell, '--static');
    run(shell, script, ['tpks clu']);
    writeFileSync(program, stub);
    writeFileSync(calls, '');
    run(shell, script, ['tpks clu', 'tpks clu']);
    expect(readFileSync(calls, 'utf8')).toBe(`__complete --version ${program}\n`);
  });

  test('checks the version again if a link leads to another program with the same time', async () => {
    const script = await writeScript(shell, '--static');
    const profile = join(work, `profile-${shell}`);
    for (const ownVersion of [version, '9.9.9']) {
      const folder = join(work, `store-${shell}-${ownVersion}`);
      mkdirSync(folder);
      writeFileSync(join(folder, 'tpks'), createStub(ownVersion), { mode: 0o755 });
      utimesSync(join(folder, 'tpks'), 1, 1);
    }
    const start = (ownVersion: string) => {
      rmSync(profile, { force: true });
      symlinkSync(`store-${shell}-${ownVersion}`, profile);
      writeFileSync(calls, '');
      return run(shell, script, ['tpks clu'], { PATH: `${profile}:${env.PATH}` }).stderr;
    };
    const versionChecks = () => readFileSync(calls, 'utf8').match(/--version/g);
    expect(start(version)).toBe('');
    expect(versionChecks()).toHaveLength(1);
    expect(start(version)).toBe('');
    expect(versionChecks()).toBe(null);
    expect(start('9.9.9')).toContain('tpks completion install');
  });
}

describe('bash', () => {
  testShell('bash');

  test.each([
    ...['set -eu', 'set -o noclobber', 'IFS=e', 'shopt -s nullglob', 'shopt -s failglob'],
    ...['shopt -s extglob dotglob globstar', 'set -f', 'LC_ALL=C', 'set -o posix'],
    'shopt -s expand_aliases; alias cat=false grep=false touch=false mkdir=false',
  ])('completes the same after %s', async (setUp) => {
    const script = await writeScript('bash', '--static');
    const some = ['tpks clu', 'tpks cluster c', 'tpks clusters -o ', 'tpks cluster c1 --json -'];
    const expected = run('bash', script, some);
    writeFileSync(script, `${setUp}\n${readFileSync(script, 'utf8')}`);
    expect(run('bash', script, some)).toEqual(expected);
    expect(expected.stdout).toContain('clusters');
  });
});
describeIfPart('zsh', 'zsh', () => testShell('zsh'));
describeIfPart('fish', 'fish', () => testShell('fish'));

test('the file for the shells contains no name that is unsafe to insert', () => {
  const text = readFileSync(join(user.home, 'cache', 'contexts.txt'), 'utf8');
  expect(text.split('\n').slice(3, -1)).toEqual(awkwardNames);
  expect(existsSync(join(user.home, 'pwned'))).toBe(false);
});
