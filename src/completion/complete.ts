import { argv, execPath, geteuid } from 'node:process';
import { Option } from 'commander';
import { systemClock, type Clock } from '../clock.js';
import type { Entry } from '../commands/contents.js';
import type { Environment } from '../config/environment.js';
import type { Send } from '../http/send.js';
import type { LinkTexts } from '../link-name.js';
import { findProgram } from '../pks-link.js';
import { globalOptions, toGlobalOptions } from '../program.js';
import { createServices, type GlobalOptions, type Services } from '../services.js';
import { createHelpOutput } from '../terminal/help-output.js';
import type { Screen } from '../terminal/terminal-io.js';
import { version } from '../version.js';
import { withCompleter, withSource } from './completer.js';
import { silentTerminal } from './silent-terminal.js';
import { suggest, formatCompletion, type Suggestion } from './suggest.js';

/** The part of the program's streams and environment that completion uses. */
interface CompletionIo {
  readonly platform: NodeJS.Platform;
  readonly programName?: string | undefined;
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
  if (typed[0] === '--refresh') {
    await refresh(typed.slice(1), io, env, deps).catch(() => undefined);
    return 0;
  }
  // A script with a table checks whether it is for this version.
  if (typed[0] === '--version') {
    output.write(`${version}\n`);
    await recordVersion(typed[1] ?? '', io, env);
  } else output.write(await createReply(words, io, env, deps).catch(() => emptyReply));
  // The shell may already have closed the pipe.
  await output.flush().catch(() => undefined);
  return 0;
}

const emptyReply = formatCompletion({ suggestions: [], files: false });

async function createReply(
  words: readonly string[],
  io: CompletionIo,
  env: Environment,
  deps: CompletionDeps,
): Promise<string> {
  const { contents, options: groupOptions = [], link } = deps;
  // The suggestions depend on the settings that were read.
  const reads: Services['settings'][] = [];
  const createServicesFor = (opts: () => Readonly<Record<string, unknown>>): Services => {
    const services = createCompletionServices(io, env, deps, () => toGlobalOptions(opts(), env));
    return {
      ...services,
      settings: () => {
        reads.push(services.settings);
        return services.settings();
      },
    };
  };
  const options = createOptions(groupOptions, words, () => createServicesFor(() => ({})));
  const { suggestions, ...others } = await suggest(words, {
    contents,
    globalOptions: options,
    services: createServicesFor,
  });
  const [readSettings] = reads;
  if (readSettings !== undefined) await updateCache(readSettings, io, env);
  return formatCompletion({ ...others, suggestions: suggestions.map(renameDescription(link)) });
}

/** @param file - the path at which the script found the program. */
async function recordVersion(
  file: string,
  { platform }: CompletionIo,
  env: Environment,
): Promise<void> {
  const [{ recordVersionCheck }, { locateFolders }] = await Promise.all([
    import('./version-check.js'),
    import('../config/folders.js'),
  ]);
  const check = { file, env, platform, version, ownPath: argv[1] ?? execPath, user: geteuid?.() };
  recordVersionCheck(check, locateFolders(env, platform));
}

/** Updates the list of contexts that static completion scripts read. */
async function updateCache(
  settings: Services['settings'],
  { platform, programName }: CompletionIo,
  env: Environment,
): Promise<void> {
  const [{ updateCachedContexts }, { locateFolders }] = await Promise.all([
    import('../contexts/cached-contexts.js'),
    import('../config/folders.js'),
  ]);
  const folders = locateFolders(env, platform);
  await updateCachedContexts(await settings(), findProgram(programName), folders);
}

function createCompletionServices(
  { platform, programName }: CompletionIo,
  env: Environment,
  { clock = systemClock, send }: CompletionDeps,
  options: () => GlobalOptions,
) {
  return createServices({
    env,
    platform,
    program: findProgram(programName),
    clock,
    network: send,
    terminal: silentTerminal,
    options: () => ({ ...options(), interactive: false, trace: false }),
    untilInterrupted: () => new Promise<never>(() => undefined),
  });
}

/** Limits each request of a refresh: for a missing list, the user waits. */
const refreshSeconds = 3;

/** Updates a list of names in the cache, for `__complete --refresh pks|uaa KIND`. */
async function refresh(
  [kind, names]: readonly string[],
  io: CompletionIo,
  env: Environment,
  deps: CompletionDeps,
): Promise<void> {
  const { refreshNames } = await import('./refresh-names.js');
  const options = { ...toGlobalOptions({}, env), timeoutSeconds: refreshSeconds };
  const services = createCompletionServices(io, env, deps, () => options);
  await refreshNames(
    { role: kind === 'uaa' ? 'uaa' : 'pks', names: names ?? '' },
    { services, env, platform: io.platform, contents: deps.contents },
  );
  await services.settle();
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
