import { spawn } from 'node:child_process';
import process from 'node:process';
import { withoutSecrets, type Environment } from '../config/environment.js';
import { absolutePath, findExecutable, locateWindowsProgram } from '../disk/find-executable.js';

/** Exit codes of a shell that cannot run a command, or does not find it. */
const notStarted = [126, 127];

export interface PagerSystem {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
}

/**
 * Runs a pager until the user quits it.
 * @returns whether the pager was started. Its exit code does not matter, and neither does a pager
 *   that quits before it has read all the text.
 */
export function runPager(
  command: string,
  text: string,
  { env, platform }: PagerSystem,
): Promise<boolean> {
  // As in git, a shell runs the command only if that makes a difference.
  const needsShell = /[^\w\s./:+=,@-]/.test(command);
  const [name = '', ...args] = needsShell ? [command] : command.split(/\s+/);
  const program = needsShell ? command : findExecutable(name, { env, platform });
  if (program === undefined) return Promise.resolve(false);
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
        // F: quit if the text fits on one screen; R: show colors; X: leave the text on the screen.
        LESS: 'FRX',
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
