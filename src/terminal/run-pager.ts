import { spawn } from 'node:child_process';
import process from 'node:process';
import { withoutSecrets, type Environment } from '../config/environment.js';

/** Exit codes of a shell that cannot run a command, or does not find it. */
const notStarted = [126, 127];

/**
 * Runs a pager until the user quits it.
 * @returns whether the pager was started. Its exit code does not matter, and neither does a pager
 *   that quits before it has read all the text.
 */
export function runPager(command: string, text: string, env: Environment): Promise<boolean> {
  // As in git, a shell runs the command only if that makes a difference.
  const needsShell = /[^\w\s./:+=,@-]/.test(command);
  const [program = '', ...args] = needsShell ? [command] : command.split(/\s+/);
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
      shell: needsShell,
      stdio: ['pipe', 'inherit', 'inherit'],
      // F: quit if the text fits on one screen; R: show colors; X: leave the text on the screen.
      env: { LESS: 'FRX', ...withoutSecrets(env) },
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
