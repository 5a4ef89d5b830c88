import { Option } from 'commander';
import { systemClock } from '../clock.js';
import type { Entry } from '../commands/contents.js';
import { globalOptions, toGlobalOptions } from '../program.js';
import { createServices } from '../services.js';
import type { Terminal } from '../terminal/terminal.js';
import { writeUnstreamed } from '../terminal/unstreamed.js';
import { withCompleter } from './completer.js';
import { toReply } from './reply.js';
import { suggest } from './suggest.js';

/** The part of a process that a completion needs. */
export type CompletingProcess = Pick<NodeJS.Process, 'argv' | 'env' | 'platform' | 'stdout'>;

/**
 * Answers a shell that asks `tpks __complete -- WORD…` at TAB.
 *
 * @see {@link toReply} for what it prints.
 * @returns exit code 0, always: a completion that fails is one without suggestions.
 */
export async function completeLine(
  process: CompletingProcess,
  contents: readonly Entry[],
  shared: readonly Option[] = [],
): Promise<number> {
  const typed = process.argv.slice(3);
  const words = typed[0] === '--' ? typed.slice(1) : typed;
  await print(await answer(words, process, contents, shared).catch(() => nothing), process);
  return 0;
}

/** A reader that has gone, as the user typed on, is no matter. */
async function print(text: string, process: CompletingProcess): Promise<void> {
  const rest = writeUnstreamed(1, text);
  if (rest.length === 0) return;
  const stdout = process.stdout.on('error', () => undefined);
  await new Promise((resolve) => {
    stdout.write(rest, resolve);
  });
}

const nothing = toReply({ suggestions: [], files: false });

async function answer(
  words: readonly string[],
  { env, platform }: CompletingProcess,
  contents: readonly Entry[],
  shared: readonly Option[],
): Promise<string> {
  const servicesFor = (opts: () => Readonly<Record<string, unknown>>) =>
    createServices({
      env,
      platform,
      clock: systemClock,
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

/** At TAB nobody is told anything, and nobody is asked. */
const silence: Terminal = {
  wantsJson: () => false,
  canAsk: () => false,
  show: () => Promise.resolve(),
  showList: () => Promise.resolve(),
  write: () => Promise.resolve(),
  canRepaint: () => false,
  columns: () => 80,
  live: () => undefined,
  note: () => undefined,
  warn: () => undefined,
  ask: () => Promise.reject(new Error('nobody is asked at TAB')),
  readStdin: () => Promise.resolve(''),
  readLine: () => Promise.resolve(undefined),
};
