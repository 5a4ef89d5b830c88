import type { ChildProcess } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestUser } from '../program/cli.js';
import type { TpksResult } from '../program/headless.js';

/** A running command that waits for the user to log in in a browser. */
export interface BrowserFlow {
  /**
   * Waits for the URL that the user must open.
   * @throws Error with the command's stderr if it exits without a URL.
   */
  readonly waitForUrl: () => Promise<URL>;
  /** Resolves when the command exits. */
  readonly ended: Promise<TpksResult>;
  /** @throws Error if the process has not started. */
  readonly child: () => ChildProcess;
}

/**
 * Starts `tpks WORDS`, a command that opens a browser.
 * @param browser - the browser of the machine: `opens` accepts the URL, `fails` exits with an
 *   error; with `none` there is no browser, so the URL is only printed.
 */
export function startBrowserFlow(
  user: TestUser,
  words: readonly string[],
  browser: 'opens' | 'fails' | 'none' = 'opens',
): BrowserFlow {
  const home = user.env['HOME'] ?? '';
  const [program, opened] = [join(home, 'browser'), join(home, 'opened')];
  rmSync(opened, { force: true });
  const opens = `printf %s "$1" >'${opened}.new' && mv '${opened}.new' '${opened}'`;
  writeFileSync(program, `#!/bin/sh\n${browser === 'opens' ? opens : 'exit 1'}\n`, { mode: 0o755 });
  let child: ChildProcess | undefined;
  let stderr = '';
  let result: TpksResult | undefined;
  const exit = user
    .spawn(words, {
      env: { TPKS_STORE: 'file', ...(browser === 'none' ? {} : { BROWSER: program }) },
      started: (process) => {
        child = process;
        process.stderr?.on('data', (text: string) => (stderr += text));
      },
    })
    .then((end) => (result = end));
  const addressIn = () =>
    browser === 'opens'
      ? textOf(opened)
      : /^(https:\S+)\nWaiting for the response at /m.exec(stderr)?.[1];
  return {
    ended: exit,
    child: () => {
      if (child === undefined) throw new Error('tpks was not started');
      return child;
    },
    waitForUrl: async () => {
      for (;;) {
        const address = addressIn();
        if (address !== undefined) return new URL(address);
        if (result) throw new Error(`tpks did not redirect the browser: ${result.stderr}`);
        await sleep(10);
      }
    },
  };
}

/** Returns the redirect URI in an authorization URL. */
export function redirectUriOf(address: URL): URL {
  return new URL(address.searchParams.get('redirect_uri') ?? 'nowhere:');
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
