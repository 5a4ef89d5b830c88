import { stripVTControlCharacters } from 'node:util';
import { respond, type Behaviour, type FaultyServer } from '../servers/faulty-server.js';
import { startFaultySandbox } from '../servers/front.js';
import { createUser } from './cli.js';
import type { TpksResult } from './headless.js';

/**
 * The user alana, logged in to an API that the test controls, with links named `pks` and `tkgi`.
 */
export interface LinkedPks {
  readonly api: FaultyServer;
  /** Sets the routes of the API, e.g. `GET /v1/clusters/c1`; other requests get status 404. */
  readonly setApiRoutes: (routes: Readonly<Record<string, Behaviour>>) => void;
  /** Runs a command as the program with this name, without a terminal. */
  readonly runLink: (words: string, as?: 'pks' | 'tkgi') => Promise<TpksResult>;
  /**
   * Runs a command in a terminal, types the answer to a prompt, and returns the lines on screen.
   */
  readonly atTerminal: (words: string, question: string, typed: string) => Promise<string[]>;
  /** Makes the servers forward all requests again, and clears the recorded requests. */
  readonly reset: () => void;
  readonly close: () => Promise<void>;
}

/** Starts a sandbox with two servers in front of it, and logs alana in. */
export async function startLinkedPks(): Promise<LinkedPks> {
  const [, front] = await startFaultySandbox();
  const alana = createUser();
  await front.login(alana, 'alana');
  return {
    api: front.api,
    setApiRoutes: (routes) => {
      front.api.setBehaviour((request, response, reset) => {
        const route = routes[`${request.method} ${request.path}`] ?? respond({ status: 404 });
        route(request, response, reset);
      });
    },
    runLink: (words, as = 'pks') => alana.tpks(words.split(' '), { programName: as }),
    atTerminal: async (words, question, typed) => {
      const variables = { TERM: 'dumb', NO_COLOR: '1' };
      const pty = alana.atTerminal(words.split(' '), variables, alana.link('pks'));
      await pty.waitFor(question);
      pty.type(`${typed}\r`);
      const exit = await pty.exited;
      const screen = stripVTControlCharacters(pty.screen()).replaceAll('\r', '');
      if (exit !== 0) throw new Error(`tpks exited with ${String(exit)}: ${screen}`);
      return trimmedLines(screen);
    },
    reset: front.reset,
    close: front.close,
  };
}

/** Splits a text into lines, and removes trailing whitespace. */
export function trimmedLines(text: string): string[] {
  return text.split('\n').map((line) => line.trimEnd());
}
