import { execFileSync, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that runs in a pseudoterminal. */
export interface Pty {
  /** Sends keyboard input to the program. */
  readonly type: (input: string | Uint8Array) => void;
  /**
   * Waits for text in the output, after the match of the previous call.
   * @returns all output up to the end of the match.
   * @throws Error with all output if nothing matches within `seconds`, or if the program exits.
   */
  readonly waitFor: (wanted: string | RegExp, seconds?: number) => Promise<string>;
  /** Returns all output so far, including escape codes. */
  readonly screen: () => string;
  /** Resolves with the exit code, or with the signal that ended the program. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Closes the terminal, so that the program receives SIGHUP. */
  readonly hangUp: () => void;
}

/**
 * A Python script that runs a program in a pseudoterminal, and copies data between it and the
 * pipes.
 */
const bridge = `
import fcntl, os, pty, select, signal, struct, sys, termios
child, screen = pty.fork()
if child == 0:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(sys.argv[1]), 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
sources = [screen, 0]
while screen in sources:
    for source in select.select(sources, [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:
            data = b''
        if not data:
            if source == 0:
                os.close(screen)
                sources = []
                break
            sources.remove(source)
        else:
            os.write(1 if source == screen else screen, data)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
sys.exit(code)
`;

let interpreter: string | undefined;

/** Returns the path of Python itself, because `python3` can be a slow script of a version manager. */
function findPython(): string {
  const words = ['-c', 'import sys; print(sys.executable)'];
  return (interpreter ??= execFileSync('python3', words, { encoding: 'utf8' }).trim());
}

interface PtyOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly columns?: number;
}

/** Runs a command in a pseudoterminal of 24 lines and, by default, 100 columns. Requires the optional part `pty`. */
export function spawnPty(
  command: string,
  args: readonly string[],
  { columns = 100, ...options }: PtyOptions = {},
): Pty {
  const child = spawn(findPython(), ['-S', '-c', bridge, String(columns), command, ...args], {
    ...options,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let seen = 0;
  let hasExited = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
  });
  const exited = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => {
      hasExited = true;
      resolve(code ?? signal ?? 'SIGKILL');
    });
  });
  return {
    exited,
    screen: () => screen,
    type: (input) => child.stdin.write(input),
    hangUp: () => child.stdin.end(),
    async waitFor(wanted, seconds = 25) {
      const deadline = Date.now() + seconds * 1000;
      for (;;) {
        const end = endOf(wanted, screen.slice(seen));
        if (end !== undefined) {
          seen += end;
          return screen.slice(0, seen);
        }
        if (hasExited || Date.now() > deadline) {
          // Otherwise the program would wait for input, and Jest for the program.
          child.stdin.end();
          throw new Error(`${String(wanted)} not found in the output:\n${JSON.stringify(screen)}`);
        }
        await sleep(10);
      }
    },
  };
}

/** Returns the end of the first match; `undefined` if nothing matches. */
function endOf(wanted: string | RegExp, text: string): number | undefined {
  if (typeof wanted === 'string') {
    const start = text.indexOf(wanted);
    return start === -1 ? undefined : start + wanted.length;
  }
  const match = wanted.exec(text);
  return match ? match.index + match[0].length : undefined;
}
