import type { Entry } from '../commands/contents.js';
import type { Terminal } from '../terminal/terminal.js';
import { printable } from '../terminal/sanitize.js';
import type { Completion } from './suggest.js';

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
): Promise<number> {
  const { argv, stdout } = process;
  const typed = argv.slice(3);
  const words = typed[0] === '--' ? typed.slice(1) : typed;
  const reply = await answer(words, process, contents).catch(() => toReply(nothing));
  // The shell may have stopped listening, e.g. when the user typed on.
  stdout.on('error', () => undefined);
  await new Promise((resolve) => {
    stdout.write(reply, resolve);
  });
  return 0;
}

const nothing: Completion = { suggestions: [], files: false };

/**
 * One suggestion a line, with a TAB before its description if there is one; the last line tells the
 * shell what else to offer: `:files` or `:none`.
 */
export function toReply({ suggestions, files }: Completion): string {
  const lines = suggestions.map(({ value, description = '' }) =>
    description === '' ? value : `${value}\t${printable(description)}`,
  );
  return [...lines, files ? ':files' : ':none', ''].join('\n');
}

async function answer(
  words: readonly string[],
  { env, platform }: CompletingProcess,
  contents: readonly Entry[],
): Promise<string> {
  const [{ Option }, { suggest }, { withCompleter }, program, services, clock] = await Promise.all([
    import('commander'),
    import('./suggest.js'),
    import('./completer.js'),
    import('../program.js'),
    import('../services.js'),
    import('../clock.js'),
  ]);
  const servicesFor = (opts: () => Readonly<Record<string, unknown>>) =>
    services.createServices({
      env,
      platform,
      clock: clock.systemClock,
      terminal: silence,
      options: () => ({
        ...program.toGlobalOptions(opts(), env),
        interactive: false,
        trace: false,
      }),
      untilInterrupted: () => new Promise<never>(() => undefined),
    });
  const options = [
    ...program.globalOptions(),
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
  note: () => undefined,
  warn: () => undefined,
  ask: () => Promise.reject(new Error('nobody is asked at TAB')),
  readStdin: () => Promise.resolve(''),
};
