import process from 'node:process';
import { withoutSecrets, type Environment } from '../config/environment.js';
import { type Line, withoutBold } from './lines.js';
import type { Screen } from './terminal-io.js';

/** A long text, which is shown in a pager if it does not fit on the screen. */
export interface Page {
  /** What `--json` and `-o yaml` print. */
  readonly json: unknown;
  /** @param columns - the width of the screen; 80 if stdout is not a terminal. */
  readonly text: (columns: number) => readonly string[];
  /** Returns the lines that a terminal shows instead of `text`, unless tpks is run through a link. */
  readonly screen?: (columns: number) => readonly Line[];
}

/** Shows text in the user's pager if it does not fit on the screen. Returns whether it was shown. */
export type Pager = (text: string) => Promise<boolean>;

interface PagerDeps {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly stdout: () => Screen;
  /** Read on each use: they are known only after argv has been parsed. */
  readonly options: () => { readonly interactive: boolean };
  /** Runs the pager; Ctrl-C does not end tpks meanwhile, because pagers use that key. */
  readonly ignoringCtrlC: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** Selects the pager as git does: `$PAGER`, or `less` (except on Windows); no pager if it is empty or `cat`. */
export function createPager(deps: PagerDeps): Pager {
  const { stdout, env, platform, options, ignoringCtrlC } = deps;
  return async (text) => {
    const { isTTY, rows = 0, columns } = stdout();
    // Some terminals, such as serial consoles, report the size 0. A pager could not show anything.
    const plain = withoutBold(text);
    if (isTTY !== true || rows === 0 || rowsOf(plain, columns || 80) < rows) return false;
    if (!options().interactive || env.TERM === 'dumb') return false;
    const command = (env.PAGER ?? (platform === 'win32' ? '' : 'less')).trim();
    if (['', 'cat'].includes(command)) return false;
    const shown = showsStyles(command, env) ? text : plain;
    return ignoringCtrlC(() => runPager(command, shown, { env, platform }));
  };
}

/** Options of less that let styles through. */
const styleOption = /(?:^|\s)(?:-?[a-zA-Z]*[rR]|--raw-control-chars|--RAW-CONTROL-CHARS)/;

/** Other pagers, and less without these options, can show the escape sequences of styles as text. */
function showsStyles(command: string, env: Environment): boolean {
  const [, name, options = ''] = /^(?:\S*[\\/])?(\w+)(?:\.exe)?(\s.*)?$/.exec(command) ?? [];
  return name === 'less' && styleOption.test(`${env.LESS ?? lessOptions} ${options}`);
}

/** F: quit if the text fits on one screen; R: show colors; X: leave the text on the screen. */
const lessOptions = 'FRX';

/** Screen rows that a text takes: lines that are longer than the screen are wrapped. */
function rowsOf(text: string, columns: number): number {
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(line.length / columns)), 0);
}

/** Exit codes of a shell that cannot run a command, or does not find it. */
const notStarted = [126, 127];

/** Runs a pager until the user quits it. Returns whether it was started. Its exit code is ignored. */
export async function runPager(
  command: string,
  text: string,
  { env, platform }: Pick<PagerDeps, 'env' | 'platform'>,
): Promise<boolean> {
  // Loaded here because node:child_process takes 3 ms in the standalone binary, and few commands use a pager.
  const { spawn } = await import('node:child_process');
  const { absolutePath, findExecutable, locateWindowsProgram } =
    await import('../disk/find-executable.js');
  // As in git, a shell runs the command only if that makes a difference.
  const needsShell = /[^\w\s./:+=,@-]/.test(command);
  const [name = '', ...args] = needsShell ? [command] : command.split(/\s+/);
  const program = needsShell ? command : findExecutable(name, { env, platform });
  if (program === undefined) return false;
  return new Promise((resolve) => {
    let hasHungUp = false;
    // Registered before the pager can start. Otherwise the pager and the shell would both read the keyboard.
    const endPager = (signal: NodeJS.Signals) => {
      hasHungUp ||= signal === 'SIGHUP';
      pager.kill('SIGTERM');
    };
    process.on('SIGTERM', endPager).on('SIGHUP', endPager).on('SIGQUIT', ignoreSignal);
    const release = () => {
      process.off('SIGTERM', endPager).off('SIGHUP', endPager).off('SIGQUIT', ignoreSignal);
    };
    const pager = spawn(program, args, {
      shell: needsShell && (platform !== 'win32' || locateWindowsProgram('cmd.exe', env)),
      stdio: ['pipe', 'inherit', 'inherit'],
      env: {
        LESS: lessOptions,
        ...withoutSecrets(env),
        PATH: absolutePath({ env, platform }),
        // Otherwise, cmd.exe would search the current folder first.
        NoDefaultCurrentDirectoryInExePath: '1',
      },
    });
    pager.on('error', () => {
      release();
      resolve(false);
    });
    pager.on('close', (code) => {
      release();
      if (hasHungUp) process.kill(process.pid, 'SIGHUP');
      resolve(!needsShell || !notStarted.includes(code ?? 0));
    });
    // A pager that quits early closes its input.
    pager.stdin.on('error', () => undefined);
    pager.stdin.end(text);
  });
}

/** Ctrl-\ sends SIGQUIT also to the pager, which handles it. */
function ignoreSignal(): void {
  // Without a listener, the signal would end this process, but not the pager.
}
