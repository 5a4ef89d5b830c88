import type { FinishedLogin, LoginRequest } from '../../../auth/login.js';
import type { Services } from '../../../services.js';
import type { View } from '../../../terminal/terminal.js';
import { formatInstant } from '../../session/format-time.js';
import { joinScopes } from '../../word-list.js';
import { requireTarget, type TargetDeps, type ResolvedTarget } from '../target/resolve-target.js';
import type { GetTokenFlags } from './get-token-options.js';

export type GetTokenDeps = TargetDeps & Pick<Services, 'logins' | 'secrets'>;

type Credentials = Pick<LoginRequest, 'clientId' | 'clientSecret' | 'grant'>;

/**
 * Gets a token, stores it as a context, and selects that context for the uaa commands.
 * @param findCredentials - may prompt for secrets, so it is called only after the store was tested.
 */
export async function getToken(
  flags: GetTokenFlags,
  findCredentials: (target: ResolvedTarget) => Promise<Credentials>,
  deps: GetTokenDeps,
): Promise<void> {
  const target = await requireTarget(deps);
  const { name, store } = flags;
  const logins = await deps.logins();
  const started = await logins.start({ target, name, store, role: 'uaa' });
  const credentials = await findCredentials(target);
  const finished = await started.finish({
    ...credentials,
    scope: joinScopes(flags.scope),
    tokenFormat: flags.format,
    saveSecret: flags.saveSecret,
  });
  const { token } = finished;
  await deps.terminal.show(
    tokenView({
      ...finished,
      grantLabel: grantLabels[credentials.grant.kind],
      scope: token.scope,
      expiresAt: new Date(token.issuedAt.getTime() + token.lifetimeSeconds * 1000),
    }),
  );
}

/** Names of the grants in the output of `uaac`, which scripts may match on. */
const grantLabels: Readonly<Record<LoginRequest['grant']['kind'], string>> = {
  client_credentials: 'client credentials',
  password: 'owner password',
  passcode: 'owner passcode',
  authorization_code: 'authorization code',
  implicit: 'implicit',
  posted_credentials: 'implicit (with posted credentials)',
  refresh_token: 'refresh',
};

export interface TokenViewInput extends Pick<FinishedLogin, 'name' | 'storeDescription'> {
  readonly context: Omit<FinishedLogin['context'], 'store'> & { readonly store: string };
  readonly grantLabel: string;
  /** Granted scopes, separated by spaces. */
  readonly scope: string;
  readonly expiresAt: Date;
}

/** Formats the result like `uaac`, with the location of the session. Never contains the token. */
export function tokenView(input: TokenViewInput): View {
  const { name, context, storeDescription, grantLabel, scope, expiresAt } = input;
  const { uaa, identity, clientId, grant, store } = context;
  return {
    json: {
      context: name,
      uaa,
      identity,
      clientId,
      grant,
      store,
      scopes: scope.split(' ').filter(Boolean),
      accessTokenExpiresAt: formatInstant(expiresAt),
    },
    text: [
      '',
      `Successfully fetched token via ${grantLabel} grant.`,
      `Target: ${uaa}`,
      `Context: ${name}, from client ${clientId}`,
      `Stored in: ${storeDescription}`,
      '',
    ],
  };
}
