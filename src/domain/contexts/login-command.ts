import { quoteForShell } from '../../base/shell-quote.js';
import type { ContextSettings, GrantKind } from '../../platform/config/settings.js';
import type { StoreKind } from '../../platform/keychain/keychain.js';
import { createDefaultName } from './context-name.js';
import { formatInstallationOptions } from './installation.js';
import { formatTrustTargetCommand } from './targets.js';

/** A context whose session is to be renewed, with the properties that the login command needs. */
export type RenewedContext = Pick<
  ContextSettings,
  | 'identity'
  | 'grant'
  | 'clientId'
  | 'origin'
  | 'scope'
  | 'tokenFormat'
  | 'api'
  | 'uaa'
  | 'skipTlsVerification'
> & {
  readonly name: string;
  readonly store: StoreKind;
  /** @see Context */
  readonly isApiUnconfirmed?: boolean;
};

/** Whether `tpks login` creates contexts of this kind; `tpks uaa` creates the others. */
export function isPksLogin({
  api,
  grant,
  clientId,
  isApiUnconfirmed = false,
}: Pick<RenewedContext, 'api' | 'grant' | 'clientId' | 'isApiUnconfirmed'>): boolean {
  if (api === undefined || isApiUnconfirmed) return false;
  const isClient = grant === 'client_credentials';
  return isClient || (clientId === 'pks_cli' && grant !== 'implicit');
}

/** The command that logs in to a context again, with all options that the context needs. */
export function formatLoginCommand(context: RenewedContext): string {
  const { api, uaa, identity, grant, skipTlsVerification } = context;
  if (api === undefined || !isPksLogin(context)) {
    const args = [
      tokenArguments[grant](context),
      ...formatTokenOptions(context),
      ...formatCommonOptions(context),
    ];
    return `tpks uaa target ${uaa} && tpks uaa token ${args.join(' ')}`;
  }
  return [
    `tpks login ${formatInstallationOptions({ api, uaa })}`,
    loginArguments[grant](quoteForShell(identity)),
    ...formatCommonOptions(context),
    ...(skipTlsVerification ? ['-k'] : []),
  ].join(' ');
}

/** The command that trusts the CA in FILE for the servers of a context. FILE is a placeholder. */
export function formatTrustCommand(context: RenewedContext): string {
  return isPksLogin(context)
    ? `${formatLoginCommand({ ...context, skipTlsVerification: false })} --ca-cert FILE`
    : formatTrustTargetCommand(context.uaa);
}

const loginArguments: Readonly<Record<GrantKind, (identity: string) => string>> = {
  client_credentials: (identity) => `--client-name ${identity} --client-secret-file FILE`,
  password: (identity) => `-u ${identity}`,
  passcode: () => '--sso',
  authorization_code: () => '--sso-auto',
  implicit: () => '--sso-auto',
};

/** The arguments of `tpks uaa token` that request a token with the same grant. */
const tokenArguments: Readonly<Record<GrantKind, (context: RenewedContext) => string>> = {
  client_credentials: ({ identity }) => `client get ${quoteForShell(identity)}`,
  password: ({ clientId, identity }) =>
    `owner get ${quoteForShell(clientId)} ${quoteForShell(identity)}`,
  passcode: ({ clientId }) => `sso get ${quoteForShell(clientId)}`,
  authorization_code: ({ clientId }) => `authcode get -c ${quoteForShell(clientId)}`,
  implicit: ({ clientId }) => `implicit get -c ${quoteForShell(clientId)}`,
};

function formatTokenOptions({ scope, tokenFormat }: RenewedContext): readonly string[] {
  return [
    ...(scope === undefined ? [] : [`--scope ${quoteForShell(scope.replaceAll(' ', ','))}`]),
    ...(tokenFormat === undefined ? [] : [`--format ${tokenFormat}`]),
  ];
}

function formatCommonOptions({ name, store, ...key }: RenewedContext): readonly string[] {
  return [
    ...(name === createDefaultName(key, {}) ? [] : [`--name ${quoteForShell(name)}`]),
    ...(store === 'file' ? ['--store file'] : []),
  ];
}
