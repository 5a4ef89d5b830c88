import type { Services } from '../../app/services.js';
import { formatInstant } from '../../base/clock.js';
import { TpksError, type Failure } from '../../base/errors.js';
import { redact } from '../../base/secret.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import { formatApi } from '../../domain/contexts/installation.js';
import type { AccessEntries } from '../../domain/kube/cluster-access.js';
import type { Kubeconfig } from '../../domain/kube/kubeconfig/kubeconfig.js';
import { formatTime } from '../format-time.js';
import type { KubeconfigFlags } from './kubeconfig-options.js';

type Terminal = Services['terminal'];

/** Prints lines of the original CLI: to stdout, or to stderr if stdout is for a kubeconfig or JSON. */
export type PrintLines = (...lines: readonly string[]) => Promise<void>;

export function createLinePrinter(
  { print = false }: KubeconfigFlags,
  terminal: Terminal,
): PrintLines {
  return async (...lines) => {
    if (!print && !terminal.wantsJson()) return terminal.show({ json: null, text: lines });
    for (const line of lines) if (line !== '') terminal.note(line);
  };
}

/**
 * Opens the kubeconfig, and checks it before anything is sent.
 * @throws {TpksError} `usage` for options that cannot be combined, and for a file that cannot be parsed;
 *   `storage` for a file that other users can read, if a token will be written to it.
 */
export async function openKubeconfig(
  flags: KubeconfigFlags,
  { kubeconfig: open, terminal }: Pick<Services, 'kubeconfig' | 'terminal'>,
): Promise<Kubeconfig> {
  if (flags.print === true && terminal.wantsJson()) {
    throw new TpksError('usage', '--print and --output cannot be used together', {
      hint: 'omit --output: --print always prints YAML',
    });
  }
  const kubeconfig = open(flags.kubeconfig);
  if (flags.print !== true) await kubeconfig.check(flags.kubeconfigFormat);
  return kubeconfig;
}

/** Finds existing user entries. With `--print`, there are none, because the kubeconfig is new. */
export function createUserFinder(
  { print = false }: Pick<KubeconfigFlags, 'print'>,
  { findUser }: Pick<Kubeconfig, 'findUser'>,
): Kubeconfig['findUser'] {
  return print ? () => Promise.resolve(undefined) : findUser;
}

/** A failure to get credentials for one cluster, or for all clusters of an installation. */
export interface AccessFailure extends Failure {
  /** Absent if the failure affects a whole installation. */
  readonly cluster?: string;
  /** The host of its API, only with `--all-contexts`. */
  readonly installation?: string | undefined;
}

interface KubeconfigUpdate {
  readonly access: readonly AccessEntries[];
  readonly failures: readonly AccessFailure[];
  /** Whether the clusters can belong to several installations. */
  readonly allContexts?: boolean | undefined;
  /** @see Kubeconfig.merge */
  readonly currentContext: string | undefined;
  /** Returns the lines of the original CLI, given the names of the contexts. */
  readonly text: (contextNames: readonly string[]) => readonly string[];
}

/**
 * Writes the entries to the kubeconfig, or prints them with `--print`.
 * @throws {TpksError} the same errors as `Kubeconfig.merge`
 */
export async function writeKubeconfig(
  { access, failures, allContexts = false, currentContext, text }: KubeconfigUpdate,
  kubeconfig: Kubeconfig,
  flags: KubeconfigFlags,
  { terminal, clock }: Pick<Services, 'terminal' | 'clock'>,
): Promise<void> {
  const entries = access.map((each) => each.entries);
  // The clusters of an installation share one token.
  const [expiry] = access
    .flatMap(({ expiresAt = [] }) => expiresAt)
    .sort((one, other) => one.getTime() - other.getTime());
  if (expiry !== undefined) {
    terminal.warn(
      `the token in the kubeconfig expires at ${formatTime(expiry, clock.now())} and is not renewed`,
    );
  }
  if (flags.print === true) {
    // The original's output would be wrong here, because no context was set.
    return terminal.write(await kubeconfig.format(entries, { currentContext }));
  }
  const merged = await kubeconfig.merge(entries, { currentContext });
  const { path, contextNames, replaced, readableFiles } = merged;
  access.forEach(({ bind: { cluster }, entries: { contextName } }, index) => {
    const usedName = contextNames[index];
    if (usedName === undefined || usedName === contextName) return;
    terminal.note(
      `The kubeconfig context of cluster ${cluster} is named ${usedName}, because ${contextName} belongs to another installation`,
    );
  });
  for (const { contextName, oldServer } of replaced) {
    terminal.warn(
      `the kubeconfig entry ${contextName} pointed to ${oldServer}; to keep entries for both servers, use --context-name NAME`,
    );
  }
  for (const file of readableFiles) {
    terminal.warn(
      `${file} contains a token, and other users can read it: chmod 600 ${alwaysQuoteForShell(file)}`,
    );
  }
  await terminal.show({
    json: {
      kubeconfig: path,
      currentContext: merged.currentContext ?? null,
      clusters: access.map(({ bind, format, entries: { server, ...entry }, expiresAt }, index) => ({
        cluster: bind.cluster,
        ...(allContexts ? { installation: formatApi(entry.owner.api) } : {}),
        context: contextNames[index],
        server,
        user: entry.userName,
        format,
        namespace: entry.namespace ?? null,
        expiresAt: expiresAt === undefined ? null : formatInstant(expiresAt),
      })),
      failures: failures.map(({ cluster = null, installation, error: { message } }) => ({
        cluster,
        ...(installation === undefined ? {} : { installation }),
        message: redact(message),
      })),
    },
    text: text(contextNames),
  });
}
