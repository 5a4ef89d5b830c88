import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * How a person's Secret Service may be found:
 *
 * - `unlocked`: as after a desktop login;
 * - `locked`: there is a collection, and nobody to ask for its password (an ssh login);
 * - `prompting`: locked, and a dialog waits for a password that nobody types;
 * - `hung`: somebody owns the service's name and never answers;
 * - `collection-less`: a fresh account, the service has no place to put an item;
 * - `absent`: no session bus.
 */
export type KeychainVariant =
  'unlocked' | 'locked' | 'prompting' | 'hung' | 'collection-less' | 'absent';

/** The whole environment for commands of that person: nothing of ours but `PATH` is in it. */
export type KeychainEnv = Readonly<Record<string, string>>;

/**
 * Runs `body` beside a real Secret Service, with a bus, a daemon and a home of its own, and
 * ends them whatever happens.
 *
 * @param options.home - a home of `withHome`, to find again what an earlier call left there:
 *   log in while unlocked, then run locked. Without it the home is a new one.
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

/** Runs `body` with a new, empty home directory, and removes that afterwards. */
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
  const bus = spawn('dbus-run-session', ['--', 'sh', script, variant], {
    env,
    // A group of its own: the bus, and what the bus starts, can be ended by one pid.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => {
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
      ended.then(() => undefined),
      after(startMilliseconds),
    ]);
    if (address === undefined) throw new Error(`No Secret Service (${variant}):\n${complaints}`);
    return await body({ ...env, DBUS_SESSION_BUS_ADDRESS: address });
  } finally {
    bus.stdin.end();
    await Promise.race([ended, after(stopMilliseconds)]);
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

/** Ends what is left of the group; nothing is, as a rule. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Object && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
