import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * The state of the Secret Service:
 *
 * - `unlocked`: as after a desktop login;
 * - `locked`: the collection is locked, and no prompt is possible (as in an SSH session);
 * - `prompting`: the collection is locked, and a dialog waits for the password forever;
 * - `hung`: a process owns the name of the service, but never responds;
 * - `collection-less`: there is no collection for items, as in a new account;
 * - `absent`: there is no session bus.
 */
export type KeychainVariant =
  'unlocked' | 'locked' | 'prompting' | 'hung' | 'collection-less' | 'absent';

/** All environment variables of the commands; only `PATH` comes from this process. */
export type KeychainEnv = Readonly<Record<string, string>>;

/**
 * Runs a function with a real Secret Service, which has its own bus, daemon and home directory. Stops
 * the bus and the daemon even if the function fails.
 *
 * @param options.home - a home directory from `withHome`, to keep items between calls, e.g. to log in
 *   while unlocked and then run locked; a new one if absent.
 */
export async function withKeychain<T>(
  variant: KeychainVariant,
  body: (env: KeychainEnv) => Promise<T>,
  options: { readonly home?: string } = {},
): Promise<T> {
  const { home } = options;
  if (home === undefined) return withHome((fresh) => withKeychain(variant, body, { home: fresh }));

  const env = await environmentIn(home);
  if (variant === 'absent') return body(env);
  const needsCollection = variant === 'locked' || variant === 'prompting';
  if (needsCollection && !existsSync(join(home, '.local/share/keyrings/login.keyring'))) {
    await inSession('unlocked', env, () => Promise.resolve());
  }
  return inSession(variant, env, body);
}

/** Runs a function with a new, empty home directory, which is then removed. */
export async function withHome<T>(body: (home: string) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'tpks-home-'));
  try {
    return await body(home);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function environmentIn(home: string): Promise<KeychainEnv> {
  const runtime = join(home, 'run');
  await mkdir(runtime, { recursive: true, mode: 0o700 });
  return {
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_STATE_HOME: join(home, '.local/state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_RUNTIME_DIR: runtime,
  };
}

const startMilliseconds = 10_000;
const stopMilliseconds = 5_000;

async function inSession<T>(
  variant: Exclude<KeychainVariant, 'absent'>,
  env: KeychainEnv,
  body: (env: KeychainEnv) => Promise<T>,
): Promise<T> {
  const script = join(import.meta.dirname, 'session.sh');
  const daemon = `--dbus-daemon=${join(import.meta.dirname, 'bus.sh')}`;
  const bus = spawn('dbus-run-session', [daemon, '--', 'sh', script, variant], {
    env,
    // In its own process group, so that the bus and the processes it starts can be killed together.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exit = new Promise<void>((resolve) => {
    bus.once('exit', () => {
      resolve();
    });
    bus.once('error', () => {
      resolve();
    });
  });
  let complaints = '';
  bus.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  try {
    const address = await Promise.race([
      firstLine(bus.stdout),
      exit.then(() => undefined),
      after(startMilliseconds),
    ]);
    if (address === undefined) throw new Error(`No Secret Service (${variant}):\n${complaints}`);
    return await body({ ...env, DBUS_SESSION_BUS_ADDRESS: address });
  } finally {
    bus.stdin.end();
    await Promise.race([exit, after(stopMilliseconds)]);
    killGroup(bus.pid);
  }
}

function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: stream }).once('line', resolve);
  });
}

function after(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve(undefined);
    }, milliseconds).unref();
  });
}

/** Kills the processes of the group that are still running; usually there are none. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Object && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
