import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../base/clock.js';
import { lazy } from '../base/lazy.js';
import type { Link } from '../base/link.js';
import type { PksCredsCopies } from '../domain/auth/pks-creds-copies.js';
import { SessionFiles } from '../domain/auth/session-files.js';
import {
  hasSession,
  type SessionLocation,
  type SessionRepository,
  type WithLockFile,
} from '../domain/auth/session-repository.js';
import { describeSwitch } from '../domain/contexts/current-installation.js';
import { type Environment, locatePksCreds, type Folders } from '../platform/config/environment.js';
import { createSettingsFile } from '../platform/config/settings-file.js';
import { createLock } from '../platform/disk/lock.js';
import { createFileKeychain } from '../platform/keychain/key-file.js';
import { createOsKeychain } from '../platform/keychain/os-keychain.js';
import type { Terminal } from '../platform/terminal/terminal.js';

interface StoresDeps {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly link: Link;
  readonly terminal: Pick<Terminal, 'note' | 'warn'>;
  readonly folders: Folders;
}

const settleMilliseconds = 5000;

export type Stores = ReturnType<typeof createStores>;

export function createStores(deps: StoresDeps) {
  const { env, platform, clock, link, terminal, folders } = deps;
  const inProgress = new Set<Promise<unknown>>();

  const withLockFile: WithLockFile = async (path, work) => {
    const running = createLock(path, { clock }).runExclusively(work);
    inProgress.add(running);
    try {
      return await running;
    } finally {
      inProgress.delete(running);
    }
  };

  const settings = createSettingsFile({
    directory: folders.config,
    program: link.program,
    withLock: (work) => withLockFile(`${folders.config}/config.lock`, work),
    onUpdated: (before, after) => {
      if (link.hasOriginalTexts) return;
      const note = describeSwitch(before, after);
      if (note !== undefined) terminal.note(note);
    },
  });

  const pksCredsCopies = lazy<Pick<PksCredsCopies, keyof PksCredsCopies>>(async () => {
    // Few sessions have a copy, and the yaml package takes 10 ms to load.
    const copies = await import('../domain/auth/pks-creds-copies.js');
    return new copies.PksCredsCopies({
      settings,
      env,
      defaultPath: locatePksCreds(env, platform),
      withLock: (work) => withLockFile(`${folders.config}/pks-creds.lock`, work),
      warn: terminal.warn,
    });
  });

  const keychains = {
    keychain: createOsKeychain({ platform, env }),
    file: createFileKeychain(folders.keys),
  };

  const sessions: SessionRepository = new SessionFiles({
    directory: folders.sessions,
    keychains,
    withLockFile,
  });

  return {
    settings,
    /** Shares sessions with scripts through `creds.yml`, the original CLI's file. */
    pksCredsCopies,
    keychains,
    sessions,
    hasSession: (location: SessionLocation) => hasSession(sessions, location),
    withLockFile,
    /** Waits up to 5 s for work that holds a lock. */
    settle: async () => {
      if (inProgress.size === 0) return;
      await Promise.race([waitForAll(inProgress), clock.sleep(settleMilliseconds)]);
    },
  };
}

/** Waits for all work, including work that starts in the meantime, such as the update of `creds.yml`. */
async function waitForAll(inProgress: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (inProgress.size > 0) {
    await Promise.allSettled(inProgress);
    await setImmediate();
  }
}
