import { Option } from 'commander';
import { systemClock, type Clock } from '../clock.js';
import type { Entry } from '../commands/contents.js';
import type { Environment } from '../config/environment.js';
import type { Send } from '../http/send.js';
import { globalOptions, toGlobalOptions } from '../program.js';
import { createServices } from '../services.js';
import { createHelpOutput } from '../terminal/help-output.js';
import type { Screen, Terminal } from '../terminal/terminal.js';
import { withCompleter } from './completer.js';
import { suggest, toReply } from './suggest.js';

/** The part of the program's surroundings that completion needs. */
interface CompletionIo {
  readonly platform: NodeJS.Platform;
  readonly stdout: Screen;
  readonly stdoutDescriptor?: number;
}

interface CompletionDeps {
  readonly contents: readonly Entry[];
  /** Options of the group, if the program was started by a link that makes a group its root. */
  readonly options?: readonly Option[];
  readonly clock?: Clock;
  readonly send?: Send;
}

/**
 * Answers a shell that asks `tpks __complete -- WORD…` at TAB.
 *
 * @param typed - the words after `__complete`.
 * @see {@link toReply} for what it prints.
 * @returns exit code 0, always: a completion that fails is one without suggestions.
 */
export async function completeLine(
  typed: readonly string[],
  io: CompletionIo,
  env: Environment,
  deps: CompletionDeps,
): Promise<number> {
  const words = typed[0] === '--' ? typed.slice(1) : typed;
  const output = createHelpOutput(() => io.stdout, io.stdoutDescriptor);
  output.write(await answer(words, io, env, deps).catch(() => nothing));
  // The shell may have closed the pipe already.
  await output.flush().catch(() => undefined);
  return 0;
}

const nothing = toReply({ suggestions: [], files: false });

async function answer(
  words: readonly string[],
  { platform }: CompletionIo,
  env: Environment,
  { contents, options: shared = [], clock = systemClock, send }: CompletionDeps,
): Promise<string> {
  const servicesFor = (opts: () => Readonly<Record<string, unknown>>) =>
    createServices({
      env,
      platform,
      clock,
      network: send,
      terminal: silence,
      options: () => ({
        ...toGlobalOptions(opts(), env),
        interactive: false,
        trace: false,
      }),
      untilInterrupted: () => new Promise<never>(() => undefined),
    });
  const options = [
    ...globalOptions(),
    ...shared,
    new Option('-h, --help', 'show help'),
    new Option('-V, --version', 'print the version'),
  ];
  for (const option of options) {
    if (option.long !== '--context') continue;
    withCompleter(option, async () => {
      const settings = await servicesFor(() => ({})).settings();
      return Object.keys((await settings.read()).contexts);
    });
  }
  return toReply(await suggest(words, { contents, globalOptions: options, services: servicesFor }));
}

/** Completion never prints messages and never prompts. */
const silence: Terminal = {
  wantsJson: () => false,
  canAsk: () => false,
  show: () => Promise.resolve(),
  showPage: () => Promise.resolve(),
  write: () => Promise.resolve(),
  writeUntrusted: () => Promise.resolve(),
  writeAll: () => Promise.resolve(),
  canRepaint: () => false,
  columns: () => 80,
  live: () => undefined,
  note: () => undefined,
  warn: () => undefined,
  ask: () => Promise.reject(new Error('completion never prompts')),
  readStdin: () => Promise.resolve(''),
  readLine: () => Promise.resolve(undefined),
};
