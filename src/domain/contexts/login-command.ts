import { defaultCiClient } from '../../base/pks-conventions.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { ContextSettings, GrantKind } from '../../platform/config/settings.js';
import type { TrustHints } from '../../platform/http/send.js';
import type { StoreKind } from '../../platform/keychain/keychain.js';
import { createDefaultName } from './context-names.js';
import type { Context, EnvironmentIdentity } from './context.js';
import { formatInstallationOptions, withHost } from './installation.js';

type LoginContext = Pick<
  ContextSettings,
  | 'identity'
  | 'grant'
  | 'clientId'
  | 'origin'
  | 'scope'
  | 'idToken'
  | 'tokenFormat'
  | 'api'
  | 'uaa'
  | 'clientKeyFile'
  | 'skipTlsVerification'
> & {
  readonly name: string;
  readonly store: StoreKind;
  readonly isApiUnconfirmed?: boolean;
};

/** Whether the context is created with `tpks login`, not with `tpks uaa token`. */
export function isPksLogin({
  api,
  grant,
  clientId,
  isApiUnconfirmed = false,
}: Pick<LoginContext, 'api' | 'grant' | 'clientId' | 'isApiUnconfirmed'>): boolean {
  if (api === undefined || isApiUnconfirmed) return false;
  const isClient = grant === 'client_credentials' || grant === 'jwt_bearer';
  return isClient || (clientId === 'pks_cli' && grant !== 'implicit');
}

/** The command that logs in to a context again, with all options that the context needs. */
export function formatLoginCommand(context: LoginContext): string {
  const { api, uaa, grant, skipTlsVerification } = context;
  const options = formatCommonOptions(context);
  if (api === undefined || !isPksLogin(context)) {
    const args = [tokenArguments[grant](context), ...formatTokenOptions(context), ...options];
    return `tpks uaa target ${uaa} && tpks uaa token ${args.join(' ')}`;
  }
  const installation = formatInstallationOptions({ api, uaa });
  if (skipTlsVerification) options.push('-k');
  return ['tpks login', installation, loginArguments[grant](context), ...options].join(' ');
}

/** The commands for hints about a certificate of a context's servers. FILE is a placeholder. */
export function createTrustHints(context: Context): TrustHints {
  // The trust settings of a context from the environment can only be changed there.
  if (context.store === 'none') return createVariableHints(context);
  if (!isPksLogin(context)) return createTargetHints(context.uaa);
  const login = { ...context, skipTlsVerification: false };
  return {
    trustCommand: `${formatLoginCommand(login)} --ca-cert FILE`,
    formatHostCommand: (url, host) => {
      const moved = withHost(login, url, host);
      const isDefaultName = login.name === createDefaultName(login, {});
      const name = isDefaultName ? createDefaultName(moved, {}) : login.name;
      return formatLoginCommand({ ...moved, name });
    },
  };
}

function createVariableHints({ pksCredsPath, sources, ...own }: EnvironmentIdentity): TrustHints {
  if (pksCredsPath !== undefined) return {};
  return {
    formatHostCommand: (url, host) => {
      const { api, uaa } = withHost(own, url, host);
      const variables = [
        ...(api === undefined || api === own.api ? [] : [`TPKS_API=${api}`]),
        ...(sources.uaa === 'variable TPKS_UAA_URL' ? [`TPKS_UAA_URL=${uaa}`] : []),
      ];
      return variables.length === 0 ? undefined : `export ${variables.join(' ')}`;
    },
  };
}

/**
 * The commands for hints about the certificate of a UAA. FILE is a placeholder.
 * @param options - options of `tpks uaa target` to repeat, with a leading space.
 */
export function createTargetHints(uaa: string, options = ''): TrustHints {
  return {
    trustCommand: formatTrustTargetCommand(uaa),
    formatHostCommand: (url, host) =>
      `tpks uaa target ${withHost({ uaa }, url, host).uaa}${options}`,
  };
}

/** The command that trusts the CA in FILE for a UAA. FILE is a placeholder. */
export function formatTrustTargetCommand(uaa: string): string {
  return `tpks uaa target ${uaa} --ca-cert FILE`;
}

type FormatArguments = (context: LoginContext) => string;

/** The arguments of `tpks login` that log in with the same grant. */
const loginArguments: Readonly<Record<GrantKind, FormatArguments>> = {
  client_credentials: ({ identity, clientKeyFile }) => {
    const credential =
      clientKeyFile === undefined
        ? '--client-secret-file FILE'
        : `--client-key-file ${quoteForShell(clientKeyFile)}`;
    return `--client-name ${quoteForShell(identity)} ${credential}`;
  },
  password: ({ identity }) => `-u ${quoteForShell(identity)}`,
  passcode: () => '--sso',
  authorization_code: () => '--sso-auto',
  implicit: () => '--sso-auto',
  jwt_bearer: ({ clientId, idToken, uaa }) =>
    [
      '--ci',
      ...(clientId === defaultCiClient ? [] : [`--client-name ${quoteForShell(clientId)}`]),
      ...(idToken?.file === undefined ? [] : [`--id-token-file ${quoteForShell(idToken.file)}`]),
      ...(idToken === undefined || idToken.audience === uaa
        ? []
        : [`--audience ${quoteForShell(idToken.audience)}`]),
    ].join(' '),
};

/** The arguments of `tpks uaa token` that request a token with the same grant. */
const tokenArguments: Readonly<Record<GrantKind, FormatArguments>> = {
  client_credentials: ({ identity, clientKeyFile }) => {
    const key = clientKeyFile === undefined ? '' : ` --key-file ${quoteForShell(clientKeyFile)}`;
    return `client get ${quoteForShell(identity)}${key}`;
  },
  password: ({ clientId, identity }) =>
    `owner get ${quoteForShell(clientId)} ${quoteForShell(identity)}`,
  passcode: ({ clientId }) => `sso get ${quoteForShell(clientId)}`,
  authorization_code: ({ clientId }) => `authcode get -c ${quoteForShell(clientId)}`,
  // Only `tpks login` logs in CI jobs.
  jwt_bearer: () => 'client get admin',
  implicit: ({ clientId }) => `implicit get -c ${quoteForShell(clientId)}`,
};

function formatTokenOptions({ scope, tokenFormat }: LoginContext): readonly string[] {
  const options: string[] = [];
  if (scope !== undefined) options.push(`--scope ${quoteForShell(scope.replaceAll(' ', ','))}`);
  if (tokenFormat !== undefined) options.push(`--format ${tokenFormat}`);
  return options;
}

/** The options that `tpks login` and `tpks uaa token` share. */
function formatCommonOptions({ name, store, ...key }: LoginContext): string[] {
  const options: string[] = [];
  if (name !== createDefaultName(key, {})) options.push(`--name ${quoteForShell(name)}`);
  if (store === 'file') options.push('--store file');
  return options;
}
