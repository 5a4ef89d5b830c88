import { Option } from 'commander';
import { createServices, type RunningServices, type Services } from '../app/services.js';
import { systemClock, type Clock } from '../base/clock.js';
import type { Link } from '../base/link.js';
import { version } from '../base/version.js';
import { withCompleter } from '../commands/completers.js';
import type { Entry } from '../commands/command-table.js';
import { globalOptions as rootOptions, toGlobalOptions } from '../commands/global-options.js';
import type { Environment } from '../platform/config/environment.js';
import type { Send } from '../platform/http/send.js';
import { createHelpOutput } from '../platform/terminal/stdout.js';
import type { Screen } from '../platform/terminal/terminal-io.js';
import type { Terminal } from '../platform/terminal/terminal.js';
import { suggest, formatCompletion } from './suggest.js';
import { updateNames, updateSeconds, type NameRequest } from './update-names.js';

interface CompletionIo {
  readonly platform: NodeJS.Platform;
  readonly stdout: Screen;
  readonly stdoutDescriptor?: number;
}

interface CompletionDeps {
  readonly io: CompletionIo;
  readonly env: Environment;
  readonly link: Link;
  readonly contents: readonly Entry[];
  readonly options: readonly Option[];
  readonly rename: (text: string) => string;
  readonly clock?: Clock;
  readonly send?: Send;
}

/**
 * Prints the suggestions for `tpks __complete -- WORD...`, which the shell's completion script runs.
 * @returns exit code 0, always: if completion fails, there are no suggestions.
 * @see {@link formatCompletion} for the output format.
 */
export async function completeLine(
  typed: readonly string[],
  deps: CompletionDeps,
): Promise<number> {
  const { io } = deps;
  const output = createHelpOutput(() => io.stdout, io.stdoutDescriptor);
  output.write(await createReply(typed, deps).catch(() => emptyReply));
  // The shell may already have closed the pipe.
  await output.flush().catch(() => undefined);
  return 0;
}

const emptyReply = formatCompletion({ suggestions: [], files: false });

async function createReply(typed: readonly string[], deps: CompletionDeps): Promise<string> {
  const { io, contents, rename } = deps;
  const services = (opts: () => Readonly<Record<string, unknown>> = () => ({})) =>
    createCompletionServices(opts, deps);
  const refresh = (request: NameRequest, running: RunningServices) =>
    updateNames(request, { services: running, platform: io.platform, contents });
  // Scripts installed by tpks 0.2.0 check the version, and update the names that they read.
  const [first, role, names = ''] = typed;
  if (first === '--version') return `${version}\n`;
  if (first === '--refresh') {
    await refresh({ role: role === 'uaa' ? 'uaa' : 'pks', names }, services());
    return '';
  }
  const words = first === '--' ? typed.slice(1) : typed;
  const globalOptions = createOptions(deps, words, services);
  const found = await suggest(words, { contents, globalOptions, services, refresh });
  // Only descriptions: the suggested words can come from a server.
  const suggestions = found.suggestions.map(({ value, description }) => ({
    value,
    description: description === undefined ? undefined : rename(description),
  }));
  return formatCompletion({ ...found, suggestions });
}

function createCompletionServices(
  opts: () => Readonly<Record<string, unknown>>,
  { io, env, link, clock = systemClock, send }: CompletionDeps,
): RunningServices {
  return createServices({
    env,
    platform: io.platform,
    link,
    clock,
    network: send,
    terminal: silentTerminal,
    options: () => ({
      ...toGlobalOptions(opts()),
      json: false,
      output: undefined,
      interactive: false,
      trace: false,
      timeoutSeconds: updateSeconds,
    }),
    untilInterrupted: () => new Promise<never>(() => undefined),
  });
}

/** Completion never prints messages and never prompts. */
const silentTerminal: Terminal = {
  wantsJson: () => false,
  usesScreen: () => false,
  usesLiveScreen: () => false,
  canPrompt: () => false,
  show: () => Promise.resolve(),
  showPage: () => Promise.resolve(),
  write: () => Promise.resolve(),
  writeUntrusted: () => Promise.resolve(),
  relay: () => Promise.resolve(true),
  canRepaint: () => false,
  columns: () => 80,
  canQuit: () => false,
  untilQuit: (work) => work(),
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

/**
 * Creates the options that are valid anywhere on the command line, with completion.
 * @param words - the words on the command line: some commands also accept other names of contexts.
 */
function createOptions(
  { options: groupOptions }: Pick<CompletionDeps, 'options'>,
  words: readonly string[],
  services: () => Pick<Services, 'settings'>,
): readonly Option[] {
  const options = [
    ...rootOptions(),
    ...groupOptions,
    new Option('-h, --help', 'show help'),
    new Option('-V, --version', 'print the version'),
  ];
  const clusterCommands = ['kube-credential', 'kubernetes', 'logout'];
  const isForClusters = clusterCommands.some((word) => words.includes(word));
  const listNames = async () => {
    const { contexts, kubernetesSessions = {} } = await services().settings.read();
    return [...Object.keys(contexts), ...(isForClusters ? Object.keys(kubernetesSessions) : [])];
  };
  for (const option of options) {
    if (option.long === '--context') withCompleter(option, listNames);
  }
  return options;
}
