import type { Services } from '../../app/services.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { readClaims, readTextClaim } from '../../domain/auth/claims.js';
import type { LoginMethod } from '../../domain/auth/login.js';
import { canHaveIdToken, type Context } from '../../domain/contexts/context.js';
import { apiOf, formatApi } from '../../domain/contexts/installation.js';
import type { AccessRequest } from '../../domain/kube/cluster-access.js';
import { formatNameAtHost } from '../../domain/kube/user-entry.js';
import { findSsoMethod } from '../session/login-method.js';
import type { LoginFlags } from '../session/login-options.js';
import {
  type ClusterCredentialOptions,
  type ClusterLoginDeps,
  logInAsUser,
} from './cluster-login.js';
import type { KubeconfigFlags } from './kubeconfig-options.js';

type Deps = ClusterLoginDeps & Pick<Services, 'session' | 'selectKubernetesStore'>;

interface RequestInput extends Pick<AccessRequest, 'findUser'> {
  readonly context: Context;
  readonly flags: Pick<
    KubeconfigFlags,
    'kubeconfigFormat' | 'contextName' | 'server' | 'namespace'
  > &
    LoginFlags;
  /** How to log in if the command is only for the installation of this context. */
  readonly options: ClusterCredentialOptions;
  /** Whether the command logs in to several installations. */
  readonly allContexts: boolean;
}

/** Creates the request for access to clusters as the user of a context. */
export function createAccessRequest(
  { context, flags, findUser, allContexts, ...input }: RequestInput,
  deps: Deps,
): AccessRequest {
  const options = allContexts ? createSeparateOptions(context) : input.options;
  const { identity } = context;
  const installation = { ...context, api: apiOf(context) };
  return {
    installation,
    identity,
    canHaveIdToken: canHaveIdToken(context),
    format: flags.kubeconfigFormat,
    session: findSessionTarget(context, installation.api, deps),
    readApiIssuer: async () => {
      const stored = await deps.session(context).readStored();
      return stored && readTextClaim(readClaims(stored.accessToken), 'iss');
    },
    logIn: () => {
      const method = chooseMethod(context, flags, options, deps);
      return logInAsUser(
        { recipient: 'cluster', method, flags, target: installation, options },
        deps,
      );
    },
    findUser,
    keepsOtherEntries: allContexts,
    contextName: flags.contextName,
    server: flags.server,
    namespace: flags.namespace,
  };
}

/** Ignores passwords and one-time codes from variables and pipes, because they are for only one of several installations. */
function createSeparateOptions(context: Context): ClusterCredentialOptions {
  const command = `tpks get-credentials --all --context ${quoteForShell(context.name)}`;
  const hint = `to use a password or one-time code from a variable or a pipe, first run: ${command}`;
  return {
    ssoCommand: `${command} --sso`,
    server: formatApi(apiOf(context)),
    passwordSources: { variable: undefined, fileFlag: undefined, hint },
  };
}

function findSessionTarget(
  context: Context,
  api: string,
  deps: Pick<Deps, 'selectKubernetesStore'>,
): AccessRequest['session'] {
  const { store } = context;
  if (store !== 'none') return { name: context.name, selectStore: () => Promise.resolve(store) };
  const name = formatNameAtHost(context.identity, api);
  return { name, selectStore: () => deps.selectKubernetesStore(name) };
}

/** Selects the login method of the context, unless an option or a variable selects another one. */
function chooseMethod(
  { grant, identity }: Context,
  flags: LoginFlags,
  { passwordSources: { pksVariables = [] } = {} }: ClusterCredentialOptions,
  { env }: Pick<Deps, 'env'>,
): LoginMethod {
  const ssoMethod = findSsoMethod(flags);
  if (ssoMethod !== undefined) return ssoMethod;
  const hasPassword = pksVariables.some((variable) => env[variable] !== undefined);
  if (grant === 'password' || hasPassword) return { kind: 'password', username: identity };
  return { kind: grant === 'passcode' ? 'passcode' : 'browser' };
}
