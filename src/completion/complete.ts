import { Option } from 'commander';
import { systemClock, type Clock } from '../clock.js';
import type { Entry } from '../commands/contents.js';
import type { Environment } from '../config/environment.js';
import type { Send } from '../http/send.js';
import type { LinkTexts } from '../link-name.js';
import { globalOptions, toGlobalOptions } from '../program.js';
import { createServices, type Services } from '../services.js';
import { createHelpOutput } from '../terminal/help-output.js';
import type { Screen, Terminal } from '../terminal/terminal.js';
import { version } from '../version.js';
import { withCompleter, withSource } from './completer.js';
import { suggest, formatCompletion, type Suggestion } from './suggest.js';

/** The part of the program's streams and environment that completion uses. */
interface CompletionIo {
  readonly platform: NodeJS.Platform;
  readonly stdout: Screen;
  readonly stdoutDescriptor?: number;
}

interface CompletionDeps {
  readonly contents: readonly Entry[];
  /** Options of the command group that a link such as `uaac` makes the root. */
  readonly options?: readonly Option[];
  /** Replaces `tpks` with the name of the link in descriptions; `undefined` without a link. */
  readonly link?: LinkTexts;
  readonly clock?: Clock;
  readonly send?: Send;
}

/**
 * Prints the suggestions for `tpks __complete -- WORD...`, which the shell's completion script runs.
 *
 * @param typed - the arguments after `__complete`.
 * @returns exit code 0, always: if completion fails, there are no suggestions.
 * @see {@link formatCompletion} for the output format.
 */
export async function completeLine(
  typed: readonly string[],
  io: CompletionIo,
  env: Environment,
  deps: CompletionDeps,
): Promise<number> {
  const words = typed[0] === '--' ? typed.slice(1) : typed;
  const output = createHelpOutput(() => io.stdout, io.stdoutDescriptor);
  // A script with a table checks whether it is for this version.
  if (typed[0] === '--version') output.write(`${version}\n`);
  else output.write(await createReply(words, io, env, deps).catch(() => emptyReply));
  // The shell may already have closed the pipe.
  await output.flush().catch(() => undefined);
  return 0;
}

const emptyReply = formatCompletion({ suggestions: [], files: false });

async function createReply(
  words: readonly string[],
  { platform }: CompletionIo,
  env: Environment,
  { contents, options: groupOptions = [], link, clock = systemClock, send }: CompletionDeps,
): Promise<string> {
  const createServicesFor = (opts: () => Readonly<Record<string, unknown>>) =>
    createServices({
      env,
      platform,
      clock,
      network: send,
      terminal: silentTerminal,
      options: () => ({
        ...toGlobalOptions(opts(), env),
        interactive: false,
        trace: false,
      }),
      untilInterrupted: () => new Promise<never>(() => undefined),
    });
  const options = createOptions(groupOptions, words, () => createServicesFor(() => ({})));
  const { suggestions, ...others } = await suggest(words, {
    contents,
    globalOptions: options,
    services: createServicesFor,
  });
  return formatCompletion({ ...others, suggestions: suggestions.map(renameDescription(link)) });
}

/**
 * Creates the options that are valid anywhere on the command line, with completion.
 *
 * @param words - the words on the command line: some commands also accept other names of contexts.
 */
export function createOptions(
  groupOptions: readonly Option[],
  words: readonly string[],
  services: () => Pick<Services, 'settings'>,
): readonly Option[] {
  const options = [
    ...globalOptions(),
    ...groupOptions,
    new Option('-h, --help', 'show help'),
    new Option('-V, --version', 'print the version'),
  ];
  const isForClusters = ['kube-credential', 'kubernetes', 'logout'].some((word) =>
    words.includes(word),
  );
  const listNames = async () => {
    const { contexts, kubernetesSessions = {} } = await (await services().settings()).read();
    return [...Object.keys(contexts), ...(isForClusters ? Object.keys(kubernetesSessions) : [])];
  };
  const completer = isForClusters ? listNames : withSource({ kind: 'contexts' }, listNames);
  for (const option of options) {
    if (option.long === '--context') withCompleter(option, completer);
  }
  return options;
}

/** Names the link in a description. The suggested word itself may come from a server. */
export function renameDescription(link: LinkTexts | undefined): (each: Suggestion) => Suggestion {
  return ({ value, description }) => ({
    value,
    description: description === undefined ? undefined : (link?.rename(description) ?? description),
  });
}

/** Completion never prints messages and never prompts. */
const silentTerminal: Terminal = {
  wantsJson: () => false,
  canPrompt: () => false,
  show: () => Promise.resolve(),
  showPage: () => Promise.resolve(),
  write: () => Promise.resolve(),
  writeUntrusted: () => Promise.resolve(),
  writeAll: () => Promise.resolve(),
  canRepaint: () => false,
  columns: () => 80,
  showLive: () => undefined,
  showSlow: () => undefined,
  note: () => undefined,
  announce: () => Promise.resolve(),
  warn: () => undefined,
  prompt: () => Promise.reject(new Error('completion never prompts')),
  readStdin: () => Promise.resolve(''),
  stdinName: () => undefined,
  readLine: () => Promise.resolve(undefined),
};
