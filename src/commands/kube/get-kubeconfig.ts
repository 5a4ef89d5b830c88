import type { Command } from 'commander';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { readClaims, readTextClaim } from '../../domain/auth/claims.js';
import { type Token } from '../../domain/auth/token.js';
import {
  formatInstallationOptions,
  type Installation,
  withHost,
} from '../../domain/contexts/installation.js';
import { formatNameAtHost } from '../../domain/kube/user-entry.js';
import type { Trust } from '../../platform/http/send.js';
import { clusterArgument } from '../clusters/cluster-command.js';
import { createNameArgument } from '../completers.js';
import { findCredentials } from '../session/credentials.js';
import { findSsoMethod, findUsername } from '../session/login-method.js';
import {
  type LoginFlags,
  addInstallationOptions,
  addSsoOptions,
  formatLoginFlags,
  readInstallation,
  storeOption,
} from '../session/login-options.js';
import {
  type ClusterCredentialOptions,
  type ClusterLoginDeps,
  createCredentialOptions,
  logInAsUser,
} from './cluster-login.js';
import {
  addKubeconfigOptions,
  formatKubeconfigFlags,
  type KubeconfigFlags,
} from './kubeconfig-options.js';
import {
  createUserFinder,
  createLinePrinter,
  openKubeconfig,
  writeKubeconfig,
} from './write-kubeconfig.js';

type Deps = ClusterLoginDeps &
  Pick<
    Services,
    | 'installation'
    | 'bindsWithToken'
    | 'kubeconfig'
    | 'clusterAccess'
    | 'selectKubernetesStore'
    | 'clock'
  >;

interface GetKubeconfigFlags extends KubeconfigFlags, LoginFlags {}

export const description =
  'Add a cluster to the kubeconfig and log in to it. Does not require `tpks login`. Creates no role ' +
  'binding: an administrator of the cluster must give the user a role. Requires no scope.';

export const examples = {
  'add a cluster to the kubeconfig':
    'tpks get-kubeconfig dev-1 -a localhost -u cody --ca-cert ca.pem',
  'print a kubeconfig without changing a file':
    'tpks get-kubeconfig dev-1 -a localhost -u cody --ca-cert ca.pem --print',
};

export function define(command: Command, deps: Deps): void {
  command.addArgument(createNameArgument(clusterArgument));
  command
    .optionsGroup('Server options:')
    .option('-a, --api <host>', 'PKS API, e.g. api.example.com [TPKS_API]');
  command
    .optionsGroup('Identity options:')
    .option('-u, --username <name>', 'log in as this user [TPKS_USERNAME]')
    .option('-p, --password <password>', 'password (visible to other users of this machine)');
  addSsoOptions(command.optionsGroup('Single sign-on options:'));
  addInstallationOptions(command.optionsGroup('Server options:'));
  addKubeconfigOptions(command.optionsGroup('Kubeconfig options:'));
  command
    .optionsGroup('Other options:')
    .addOption(storeOption())
    .helpOption('-h, --help', 'show help')
    .action((name: string, flags: GetKubeconfigFlags) => getKubeconfig(name, flags, deps));
}

/** Logs in, and writes the kubeconfig entries of a cluster. Creates no tpks context for the API. */
export async function getKubeconfig(
  cluster: string,
  flags: GetKubeconfigFlags,
  deps: Deps,
): Promise<void> {
  const printLines = createLinePrinter(flags, deps.terminal);
  const found = await readInstallation(flags, deps);
  const formatCommand = (installation: Installation) =>
    `tpks get-kubeconfig ${quoteForShell(cluster)} ${formatInstallationOptions(installation)}`;
  const repeatCommand = (installation: Installation, options = flags) =>
    [
      formatCommand(installation),
      ...formatLoginFlags(options),
      ...formatKubeconfigFlags(options),
    ].join(' ');
  const command = formatCommand(found);
  const target = {
    ...found,
    trustCommand: repeatCommand(found, { ...flags, caCert: 'FILE' }),
    formatHostCommand: (url: string, host: string) => repeatCommand(withHost(found, url, host)),
  };
  const kubeconfig = await openKubeconfig(flags, deps);
  const options = createCredentialOptions(`${command} --sso`, printLines);
  const announce = (user: string) =>
    printLines('', `Fetching kubeconfig for cluster ${cluster} and user ${user}.`);
  const { token, identity, logIn } = await logInToApi({ flags, target, options, announce }, deps);
  const binds = deps.bindsWithToken(target, token.accessToken, command);
  const sessionName = formatNameAtHost(identity, target.api);
  const request = {
    installation: target,
    identity,
    canHaveIdToken: true,
    format: flags.kubeconfigFormat,
    session: {
      name: sessionName,
      selectStore: () => deps.selectKubernetesStore(sessionName, flags.store),
    },
    readApiIssuer: () => Promise.resolve(readTextClaim(readClaims(token.accessToken), 'iss')),
    logIn,
    findUser: createUserFinder(flags, kubeconfig),
    contextName: flags.contextName,
    server: flags.server,
    namespace: flags.namespace,
    command: 'get-kubeconfig',
  } as const;
  const planned = await deps.clusterAccess.plan(await binds.find(cluster, identity), request);
  const entries = await deps.clusterAccess.createEntries([planned], request);
  const { contextName = cluster } = flags;
  const update = {
    access: entries,
    failures: [],
    currentContext: flags.switch ? contextName : undefined,
    text: ([usedName = contextName]: readonly string[]) => [
      `You can now use the kubeconfig for user ${identity}:`,
      `$kubectl config use-context ${usedName}`,
    ],
  };
  await writeKubeconfig(update, kubeconfig, flags, deps);
}

interface ApiLogin {
  readonly flags: GetKubeconfigFlags;
  readonly target: Installation & Trust;
  readonly options: ClusterCredentialOptions;
  readonly announce: (user: string) => Promise<void>;
}

/**
 * Logs in to the API with a token that is not stored.
 * @returns `logIn` requests a token for clusters, if possible without a second prompt.
 */
async function logInToApi({ flags, target, options, announce }: ApiLogin, deps: Deps) {
  const ssoMethod = findSsoMethod(flags);
  if (ssoMethod === undefined) {
    const username = await findUsername(flags, {
      ...deps,
      askForUsername: () =>
        deps.terminal.prompt({ message: 'Username: ', hint: 'use --username or TPKS_USERNAME' }),
    });
    const method = { kind: 'password', username } as const;
    // The original prompts first.
    const { grant } = await findCredentials(method, flags, target, deps, options);
    await announce(username);
    const request = (recipient: 'api' | 'cluster') =>
      deps.requestUserToken(recipient, target, grant, options.ssoCommand);
    const token = await request('api');
    const identity = readUserName(token) ?? username;
    return { token, identity, logIn: () => request('cluster') };
  }
  const token = await logInAsUser(
    { recipient: 'api', method: ssoMethod, flags, target, options },
    deps,
  );
  const identity = readUserName(token) ?? flags.username;
  if (identity === undefined) {
    throw new TpksError(
      'usage',
      'Cannot determine which user has logged in: the token contains no user name',
      { hint: 'use --username NAME' },
    );
  }
  if (flags.username !== undefined && flags.username.toLowerCase() !== identity.toLowerCase()) {
    throw new TpksError('usage', `${identity} has logged in, not ${flags.username}`, {
      hint: `log in as ${flags.username}, or omit --username`,
    });
  }
  await announce(identity);
  const logIn = () => {
    if (ssoMethod.kind === 'passcode') {
      deps.terminal.note(
        'A one-time code works only once. Enter a new one to log in to the cluster.',
      );
    }
    const { ssoPasscode, ...otherFlags } = flags;
    const isUsed = ssoPasscode !== undefined;
    return logInAsUser(
      {
        recipient: 'cluster',
        method: ssoMethod,
        flags: isUsed ? otherFlags : flags,
        target,
        options,
      },
      deps,
    );
  };
  return { token, identity, logIn };
}

/** @returns `undefined` if the access token is opaque and the response contains no ID token. */
function readUserName({ accessToken, idToken }: Token): string | undefined {
  return [accessToken, idToken]
    .map((each) => each && readTextClaim(readClaims(each), 'user_name'))
    .find((name) => name !== undefined);
}
