import { stripVTControlCharacters } from 'node:util';
import { createUser } from './cli.js';
import type { TpksResult } from './headless.js';
import { answers, type Behaviour, type FaultyServer } from './faulty-server.js';
import { startFront } from './front.js';
import { startTestSandbox } from './sandbox.js';

/** Alana, logged in, with links named `pks` and `tkgi`, before an API that says what a test wants. */
export interface LinkedPks {
  readonly api: FaultyServer;
  /** An API that knows these routes alone, e.g. `GET /v1/clusters/c1`. */
  readonly apiSays: (routes: Readonly<Record<string, Behaviour>>) => void;
  /** Runs a command through a link of that name, off a terminal, somewhere in California. */
  readonly pks: (words: string, as?: 'pks' | 'tkgi') => Promise<TpksResult>;
  /** What somebody sees at a terminal who types the answer to the question. */
  readonly atTerminal: (words: string, question: string, typed: string) => Promise<string[]>;
  /** Passes everything on to a sandbox again, and forgets what was asked. */
  readonly mend: () => void;
  readonly close: () => Promise<void>;
}

export async function startLinkedPks(): Promise<LinkedPks> {
  const sandbox = await startTestSandbox();
  const front = await startFront(sandbox);
  const alana = createUser();
  const login = ['login', ...front.target, '-u', 'alana', '--password-stdin', '--store', 'file'];
  const { code, stderr } = await alana.tpks(login, { stdin: 'alana-password' });
  if (code !== 0) throw new Error(`alana cannot log in: ${stderr}`);
  const env = { TZ: 'America/Los_Angeles' };
  return {
    api: front.api,
    apiSays: (routes) => {
      front.api.behave((request, response, reset) => {
        const route = routes[`${request.method} ${request.path}`] ?? answers({ status: 404 });
        route(request, response, reset);
      });
    },
    pks: (words, as = 'pks') => alana.spawn(words.split(' '), { link: alana.link(as), env }),
    atTerminal: async (words, question, typed) => {
      const variables = { ...env, TERM: 'dumb', NO_COLOR: '1' };
      const pty = alana.atTerminal(words.split(' '), variables, alana.link('pks'));
      await pty.waitFor(question);
      pty.type(`${typed}\r`);
      const ended = await pty.exited;
      const screen = stripVTControlCharacters(pty.screen()).replaceAll('\r', '');
      if (ended !== 0) throw new Error(`it ended with ${String(ended)}: ${screen}`);
      return trimmedLines(screen);
    },
    mend: front.mend,
    close: async () => {
      await front.close();
      await sandbox.close();
    },
  };
}

/** Blanks at line ends aside. */
export function trimmedLines(text: string): string[] {
  return text.split('\n').map((line) => line.trimEnd());
}
