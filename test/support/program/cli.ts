import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, jest } from '@jest/globals';
import type { StoredSession } from '../../../src/domain/auth/session-repository.js';
import type { Plain } from '../checks/plain-tokens.js';
import { runHeadless, type HeadlessOptions, type HeadlessResult } from './headless.js';
import { loadBundled } from './load-bundled.js';
import { spawnPty, type Pty } from './pty.js';
import {
  bin,
  programWords,
  isOtherProgram,
  spawnTpks,
  type SpawnOptions,
  type SpawnResult,
} from './spawned.js';

/**
 * A user with a separate home directory, and only the environment variables in `env`.
 */
export interface TestUser {
  /** `TPKS_HOME`. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /**
   * Runs `tpks WORDS` in this process, or runs the program in `TPKS_TEST_BIN` if it is set. There
   * is no terminal, unless `terminalColumns` is set. Runs must not overlap.
   * @throws Error if `TPKS_TEST_BIN` is set, and an option needs a run in this process.
   */
  readonly tpks: (words: readonly string[], options?: HeadlessOptions) => Promise<HeadlessResult>;
  /** Runs `tpks WORDS` as a separate process, e.g. for tests of signals and concurrency. */
  readonly spawn: (words: readonly string[], options?: SpawnOptions) => Promise<SpawnResult>;
  /**
   * Runs `tpks WORDS` in a new pseudoterminal. Requires the optional part `pty`.
   * @param env - additional environment variables.
   * @param link - path of a link to the program, to run it by that name.
   */
  readonly atTerminal: (words: readonly string[], env?: NodeJS.ProcessEnv, link?: string) => Pty;
  /**
   * Creates a link to the program in the folder `bin` of the user's home directory, if it does not
   * exist.
   * @returns the path of the link.
   */
  readonly link: (name: string) => string;
  /** Returns the paths of all files in `TPKS_HOME`, relative to it and sorted. */
  readonly files: () => readonly string[];
  /** Reads a file in `TPKS_HOME`. */
  readonly read: (file: string) => Buffer;
  /**
   * Returns the path of the session file, relative to `TPKS_HOME`.
   * @throws Error if there is not exactly one.
   */
  readonly sessionFile: () => string;
  /** Reads and decrypts the stored session of a context; only for the store `file`. */
  readonly readSession: (context: string) => Promise<Plain<StoredSession>>;
  /** Changes the stored session of a context, e.g. to make a token expire. */
  readonly changeSession: (
    context: string,
    changes: Partial<Plain<StoredSession>>,
  ) => Promise<void>;
}

// A test can run several commands, and the machine may be busy.
jest.setTimeout(60_000);

/**
 * Options that also work with the program in `TPKS_TEST_BIN`, which ignores `clock` and uses the system
 * clock.
 */
const spawnable = ['env', 'stdin', 'cwd', 'programName', 'clock'];

const homes: string[] = [];
afterAll(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

/** Creates a user; the home directory is removed after the tests of the file. */
export function createUser(): TestUser {
  const root = mkdtempSync(join(tmpdir(), 'tpks-home-'));
  homes.push(root);
  const home = join(root, 'tpks');
  const env = {
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    HOME: root,
    TPKS_HOME: home,
    LANG: 'C.UTF-8',
  };
  const files = (folder = home): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? files(path) : [relative(home, path)];
    });
  const locate = (context: string) => ({
    name: context,
    store: 'file' as const,
    sessionId: sessionIdIn(join(home, 'config.json'), context),
  });
  const session = async (context: string): Promise<Plain<StoredSession>> => {
    const { plain, openSessionFiles } = await loadBundled();
    const stored = await openSessionFiles(home).load(locate(context));
    if (stored === undefined) throw new Error(`Session of ${context} not found`);
    return plain(stored);
  };
  const link = (name: string): string => {
    const path = join(root, 'bin', name);
    if (exists(path)) return path;
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(bin, path);
    return path;
  };
  const own = <Options extends SpawnOptions | HeadlessOptions>(options: Options) => ({
    ...options,
    env: { ...env, ...options.env },
    cwd: options.cwd ?? root,
  });
  return {
    home,
    env,
    tpks: async (words, options = {}) => {
      const all = own(options);
      const isSpawnable = Object.keys(all).every((name) => spawnable.includes(name));
      if (!isOtherProgram) return runHeadless(words, all);
      if (!isSpawnable)
        throw new Error('only a run in process has these options: use createNodeOnly');
      const path = all.programName === undefined ? bin : link(all.programName);
      const { code, signal, stdout, stderr } = await spawnTpks(words, { ...all, link: path });
      if (code === null) throw new Error(`tpks ${words.join(' ')} was ended by ${String(signal)}`);
      return { code, stdout, stderr };
    },
    atTerminal: (words, more = {}, path) => {
      const [program, ...args] = [...programWords(path), ...words];
      // The Python program that opens the pseudoterminal may need variables of this process.
      return spawnPty(program, args, { env: { ...process.env, ...env, ...more } });
    },
    link,
    spawn: (words, options = {}) => spawnTpks(words, own(options)),
    files: () => (exists(home) ? files().sort() : []),
    read: (file) => readFileSync(join(home, file)),
    sessionFile: () => {
      const [found, ...more] = files().filter((file) => file.endsWith('.session'));
      if (found === undefined || more.length > 0) throw new Error('expected one session file');
      return found;
    },
    readSession: session,
    changeSession: async (context, changes) => {
      const { withSecrets, openSessionFiles } = await loadBundled();
      const changed = withSecrets<StoredSession>({ ...(await session(context)), ...changes });
      await openSessionFiles(home).save(locate(context), changed);
    },
  };
}

/** @returns `undefined` before the second login, when the session file name contains no ID. */
function sessionIdIn(configFile: string, context: string): string | undefined {
  const { contexts } = JSON.parse(readFileSync(configFile, 'utf8')) as {
    readonly contexts: Readonly<Record<string, { readonly sessionId?: string } | undefined>>;
  };
  return contexts[context]?.sessionId;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
