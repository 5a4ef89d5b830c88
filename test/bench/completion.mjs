/**
 * Measures what completion adds to a TAB in real bash, zsh and fish: the time of the completion function
 * in a running shell, with the table (fixed suggestions, and 100 cached names) and without it (one start
 * of tpks), and the time to load the script once in each shell. Runs on its own or as part of
 * `npm run bench`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cleanEnv, program } from './command.mjs';

const work = mkdtempSync(join(tmpdir(), 'tpks-bench-tab-'));
const home = join(work, 'home');
const env = {
  ...cleanEnv,
  HOME: work,
  TPKS_HOME: home,
  PATH: [work, dirname(process.execPath), cleanEnv['PATH'] ?? ''].join(':'),
};

/**
 * Each program takes the path of a script and the number of rounds, and prints the milliseconds to load
 * the script, for the shell's own completion of a list of words, for fixed suggestions, and for names.
 *
 * @type {Record<string, string[]>}
 */
const shells = {
  bash: [
    ...['bash', '--norc', '-c'],
    `now() { printf -v "$1" %s "\${EPOCHREALTIME/[.,]/}"; }
     own() { COMPREPLY=(clusters cluster); }
     round() {
       COMP_LINE=$2 COMP_POINT=\${#2} COMP_TYPE=9 COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:@'
       $1; now a; for ((n = 0; n < rounds; n++)); do $1; done; now b
       printf ' %d' $(((b - a) / rounds))
     }
     rounds=$2; now a; source "$1"; now b; printf %d $((b - a))
     round own 'tpks clu'; round _tpks_complete 'tpks clu'; round _tpks_complete 'tpks cluster dev-5'`,
    'bash',
  ],
  zsh: [
    ...['zsh', '-f', '-c'],
    `zmodload zsh/datetime; autoload -Uz compinit; compinit -u -D
     compadd() { : }
     own() { local -a shown values=(clusters cluster); compadd -V own -a values }
     round() {
       words=("\${(@s: :)2}"); CURRENT=$#words; PREFIX=$words[-1]
       $1; a=$EPOCHREALTIME; repeat $rounds $1; b=$EPOCHREALTIME
       printf ' %d' $(((b - a) * 1000000 / rounds))
     }
     rounds=$2; a=$EPOCHREALTIME; source $1; b=$EPOCHREALTIME; printf %d $(((b - a) * 1000000))
     round own 'tpks clu'; round _tpks 'tpks clu'; round _tpks 'tpks cluster dev-5'`,
    'zsh',
  ],
  fish: [
    ...['fish', '-N', '-c'],
    `function now; math (date +%s%N) / 1000; end
     function round
       complete -C $argv >/dev/null
       set a (now); for n in (seq $rounds); complete -C $argv >/dev/null; end; set b (now)
       printf ' %d' (math "($b - $a) / $rounds")
     end
     complete -c own -f -a 'clusters cluster'
     set rounds $argv[2]; set a (now); source $argv[1]; set b (now); printf %d (math $b - $a)
     round 'own clu'; round 'tpks clu'; round 'tpks cluster dev-5'`,
  ],
};

prepareHome();
process.stdout.write(
  '\nms per TAB in a running shell (own: the shell completes two words itself)\n',
);
printRow(['', 'load', 'own', 'fixed', 'names']);
for (const [shell, command] of Object.entries(shells)) {
  if (spawnSync('sh', ['-c', `command -v ${shell}`]).status !== 0) continue;
  for (const flags of [['--static'], []]) {
    const script = join(work, `${shell}${flags.join('')}`);
    const { stdout: text } = spawnSync(process.execPath, [program, 'completion', shell, ...flags], {
      env,
      encoding: 'utf8',
    });
    writeFileSync(script, text);
    const rounds = flags.length === 0 ? '5' : '100';
    const runs = [1, 2, 3].map(() => measure([...command, script, rounds]));
    const medians = [0, 1, 2, 3].map(
      (column) => runs.map((run) => run[column] ?? NaN).sort((a, b) => a - b)[1] ?? NaN,
    );
    printRow([
      `${shell}, ${flags.length === 0 ? 'calls tpks' : 'with the table'}`,
      ...medians.map((microseconds) => (microseconds / 1000).toFixed(2)),
    ]);
  }
}
rmSync(work, { recursive: true, force: true });

/** @param {string[]} command */
function measure([command = '', ...args]) {
  const { stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  const found = stdout.trim().split(' ').map(Number);
  if (found.length !== 4 || found.some(Number.isNaN)) throw new Error(`${command}: ${stderr}`);
  return found;
}

/** Creates a context with 100 cached names of clusters. */
function prepareHome() {
  symlinkSync(program, join(work, 'tpks'));
  mkdirSync(join(home, 'cache'), { recursive: true });
  const context = {
    ...{ identity: 'cody', grant: 'password', clientId: 'pks_cli' },
    ...{ uaa: 'https://127.0.0.1:1', store: 'file' },
  };
  const settings = { version: 1, current: 'c', contexts: { c: context } };
  writeFileSync(join(home, 'config.json'), JSON.stringify(settings));
  const names = Array.from({ length: 100 }, (_, index) => `dev-${index}\n`).join('');
  writeFileSync(join(home, 'cache', `clusters-${Buffer.from('c').toString('hex')}.txt`), names);
  // Creates the file that the scripts read instead of the settings.
  spawnSync(process.execPath, [program, '__complete', '--', 'cluster', ''], { env });
}

/** @param {string[]} cells */
function printRow([name = '', ...cells]) {
  process.stdout.write(
    `  ${name.padEnd(34)}${cells.map((cell) => cell.padStart(10)).join('  ')}\n`,
  );
}
