import { Argument, Option } from 'commander';
import type { Services } from '../../../app/services.js';
import { TpksError } from '../../../base/errors.js';
import { Secret } from '../../../base/secret.js';
import { readClaims } from '../../../domain/auth/claims.js';
import type { StoredSession } from '../../../domain/auth/session-content.js';
import type { Context } from '../../../domain/contexts/context.js';
import { withUaaNames } from '../../completers.js';
import type { Leaf } from '../../command-table.js';
import { withStdin } from '../../stdin-inputs.js';
import type { ResolvedTarget } from '../resolve-target.js';
import {
  addGetTokenOptions,
  findClient,
  getToken,
  type GetTokenDeps,
  type GetTokenFlags,
  readTokenArgument,
  tokenView,
  toSecretInput,
} from './get-token.js';

type RefreshDeps = GetTokenDeps & Pick<Services, 'session' | 'uaaContext'>;

interface RefreshFlags extends GetTokenFlags {
  readonly refreshToken?: string | undefined;
  readonly client?: string;
}

export const refresh: Leaf = {
  description:
    'Renew the token of the current context now. tpks renews tokens automatically before they ' +
    'expire, so this is rarely needed. If you pass a refresh token, get an access token ' +
    'with it, and use the access token for the uaa commands.',
  examples: { 'renew the token of the current context': 'tpks uaa token refresh' },
  define(command, deps: RefreshDeps) {
    addGetTokenOptions(
      command
        .addArgument(
          withStdin(new Argument('[refreshtoken]', 'refresh token to use instead; - for stdin')),
        )
        .addOption(
          withUaaNames(
            new Option(
              '-c, --client <id>',
              'client of the refresh token (default: the client of the context)',
            ),
            'clients',
          ),
        ),
    ).action((refreshToken: string | undefined, flags: RefreshFlags) =>
      renewToken({ refreshToken, ...flags }, deps),
    );
  },
};

export async function renewToken(input: RefreshFlags, deps: RefreshDeps): Promise<void> {
  if (input.refreshToken !== undefined)
    return getTokenFromRefreshToken(input.refreshToken, input, deps);
  const context = await deps.uaaContext();
  const session = deps.session(context);
  const stored = await session.readStored();
  const hasChanges = [input.client, input.secret, input.secretFile, input.scope, input.format].some(
    (flag) => flag !== undefined,
  );
  if (hasChanges && stored !== undefined) return renewWithChanges(input, context, stored, deps);
  // The session sends only one request if several processes renew the token at the same time.
  await session.accessToken({ rejected: stored?.accessToken });
  const renewed = await session.readStored();
  if (renewed === undefined) return;
  await deps.terminal.show(
    tokenView({
      name: context.name,
      context,
      grantLabel: context.grant === 'client_credentials' ? 'client credentials' : 'refresh',
      scope: renewed.scope,
      expiresAt: new Date(renewed.expiresAt),
      storeDescription: await deps.logins.describe(context.store),
    }),
  );
}

/** Renews the token with other scopes, in another format, or as another client. */
async function renewWithChanges(
  input: RefreshFlags,
  context: Context,
  stored: StoredSession,
  deps: RefreshDeps,
): Promise<void> {
  const { refreshToken } = stored;
  if (refreshToken === undefined) throw noRefreshTokenError(context);
  const { store, name, identity, grant, tokenFormat } = context;
  const defaults = {
    name: input.name ?? name,
    ...(store === 'none' ? {} : { store: input.store ?? store }),
    ...(stored.clientSecret === undefined ? {} : { saveSecret: true as const }),
  };
  const format = input.format ?? tokenFormat;
  const findCredentials = async ({ api, uaa }: ResolvedTarget) => {
    const clientId = input.client ?? context.clientId;
    const recipient = { name: clientId, api, uaa };
    const typedSecret = await deps.secrets.findWithoutPrompt(toSecretInput(recipient, input));
    const clientSecret = typedSecret ?? findStoredSecret(context, stored);
    const kind = 'refresh_token' as const;
    return {
      clientId,
      clientSecret,
      grant: { kind, refreshToken, originalGrant: grant, identity },
    };
  };
  const flags = { ...input, ...defaults, ...(format === undefined ? {} : { format }) };
  return getToken(flags, findCredentials, deps);
}

function getTokenFromRefreshToken(
  argument: string,
  input: RefreshFlags,
  deps: RefreshDeps,
): Promise<void> {
  const findCredentials = async (target: ResolvedTarget) => {
    const client = await findClient(input.client, target, input, deps, 'use --client');
    const refreshToken = await readTokenArgument(argument, deps.terminal);
    const grantType = readClaims(refreshToken)?.['grant_type'];
    // `password` if the token does not contain it.
    const originalGrant = grantType === 'authorization_code' ? grantType : 'password';
    return { ...client, grant: { kind: 'refresh_token', refreshToken, originalGrant } as const };
  };
  return getToken(input, findCredentials, deps);
}

function findStoredSecret(context: Context, { clientSecret }: StoredSession): Secret | undefined {
  if (clientSecret !== undefined) return clientSecret;
  return context.isPublicClient === true ? undefined : new Secret('');
}

function noRefreshTokenError({ name, grant, clientId }: Context): TpksError {
  const command = grant === 'client_credentials' ? `client get ${clientId}` : '--help';
  return new TpksError('unauthenticated', `The context ${name} has no refresh token`, {
    hint: `get a new token: tpks uaa token ${command}`,
  });
}
