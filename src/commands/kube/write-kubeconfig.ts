import { Option, type Command } from 'commander';
import type { Services } from '../../app/services.js';
import { formatInstant } from '../../base/clock.js';
import { TpksError } from '../../base/errors.js';
import { redact } from '../../base/secret.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import type { LoginMethod } from '../../domain/auth/login.js';
import type { Token } from '../../domain/auth/token.js';
import type { Installation } from '../../domain/contexts/installation.js';
import type { AccessEntries } from '../../domain/kube/cluster-access.js';
import type { Kubeconfig } from '../../domain/kube/kubeconfig/kubeconfig.js';
import type { KubeconfigFormat } from '../../domain/kube/user-entry.js';
import type { Trust } from '../../platform/http/send.js';
import { withFileNames, validateName } from '../completers.js';
import { formatTime } from '../format-time.js';
import {
  findCredentials,
  withPasscodeFallback,
  type LoginFlags,
} from '../session/login-options.js';

/** The options for the kubeconfig, as commander parses them. */
export interface KubeconfigFlags {
  readonly kubeconfig?: string;
  readonly kubeconfigFormat?: KubeconfigFormat;
  readonly contextName?: string;
  /** `false` after `--no-switch`. */
  readonly switch: boolean;
  readonly print?: boolean;
  readonly server?: string;
  readonly namespace?: string;
}

const formats: readonly KubeconfigFormat[] = ['exec', 'oidc', 'token'];

/** Creates the option of commands that read or change the kubeconfig. */
export function kubeconfigOption(): Option {
  return withFileNames(
    new Option('--kubeconfig <path>', 'kubeconfig file (default: ~/.kube/config) [KUBECONFIG]'),
  );
}

/** Adds the options of the commands that write the entries of a cluster to a kubeconfig. */
export function addKubeconfigOptions(command: Command): Command {
  return command
    .addOption(kubeconfigOption())
    .addOption(
      new Option(
        '--kubeconfig-format <format>',
        'exec: kubectl gets tokens from tpks; oidc: kubectl renews the token; token: no renewal (default: exec; through a link: oidc)',
      ).choices(formats),
    )
    .option(
      '--context-name <name>',
      'name of the kubeconfig context (default: CLUSTER, or CLUSTER@HOST if CLUSTER is used for another installation)',
      (name: string) => validateName(name, 'The name of the context'),
    )
    .option('--no-switch', 'do not change the current context of the kubeconfig')
    .addOption(
      new Option(
        '--print',
        'print a kubeconfig instead of changing a file; other text goes to stderr',
      ).conflicts('kubeconfig'),
    )
    .option(
      '--server <address>',
      'IP address or URL of the Kubernetes API, if its host name is not in DNS',
    )
    .option('--namespace <name>', 'default namespace of the context', (name: string) =>
      validateName(name, 'The namespace'),
    );
}

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

/** Finds the user entries that exist already. With `--print` there are none, because the kubeconfig is new. */
export function createUserFinder(
  { print = false }: Pick<KubeconfigFlags, 'print'>,
  { findUser }: Pick<Kubeconfig, 'findUser'>,
): Kubeconfig['findUser'] {
  return print ? () => Promise.resolve(undefined) : findUser;
}

/** A cluster whose credentials could not be fetched. */
export interface ClusterFailure {
  readonly cluster: string;
  readonly error: TpksError;
}

interface KubeconfigUpdate {
  readonly access: readonly AccessEntries[];
  readonly failures: readonly ClusterFailure[];
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
  { access, failures, currentContext, text }: KubeconfigUpdate,
  kubeconfig: Kubeconfig,
  flags: KubeconfigFlags,
  { terminal, clock }: Pick<Services, 'terminal' | 'clock'>,
): Promise<void> {
  const entries = access.map((each) => each.entries);
  // All entries that expire share one token.
  const expiry = access.find((each) => each.expiresAt !== undefined)?.expiresAt;
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
        context: contextNames[index],
        server,
        user: entry.userName,
        format,
        namespace: entry.namespace ?? null,
        expiresAt: expiresAt === undefined ? null : formatInstant(expiresAt),
      })),
      failures: failures.map(({ cluster, error: { message } }) => ({
        cluster,
        message: redact(message),
      })),
    },
    text: text(contextNames),
  });
}

export type ClusterLoginDeps = Pick<
  Services,
  'terminal' | 'env' | 'options' | 'secrets' | 'publicUaaRequest' | 'logins' | 'requestUserToken'
>;

/** Adds the password sources of the original CLI to the options. @see kubernetes, section 5 */
export function withPasswordSources<Flags extends LoginFlags>(
  flags: Flags,
  printLines: PrintLines,
): Flags {
  return {
    ...flags,
    passwordSources: {
      fileFlag: undefined,
      pksVariables: ['PKS_USER_PASSWORD', 'TKGI_USER_PASSWORD'],
      // The wording of the original CLI.
      onPksVariable: (name) => printLines(`${name} is set. Reading password from ${name}`),
      acceptsPipe: true,
    },
  };
}

/**
 * Finds the credentials of the user, and requests a token for the API or for clusters.
 * @throws {TpksError} `unauthenticated` if the UAA rejects the credentials; `usage` if a credential is
 *   missing and the user cannot be prompted.
 */
export function logInAsUser(
  recipient: 'api' | 'cluster',
  method: LoginMethod,
  flags: LoginFlags & { readonly ssoCommand: string },
  target: Installation & Trust,
  deps: ClusterLoginDeps,
): Promise<Token> {
  return withPasscodeFallback(
    method,
    async (usedMethod) => {
      const { grant } = await findCredentials(usedMethod, flags, target, deps);
      return deps.requestUserToken(recipient, target, grant, flags.ssoCommand);
    },
    deps.terminal,
  );
}
