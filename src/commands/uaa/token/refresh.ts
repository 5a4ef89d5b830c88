import type { Command } from 'commander';
import { claims } from '../../../auth/claims.js';
import type { Context } from '../../../contexts/context.js';
import type { StoredSession } from '../../../auth/session-file.js';
import type { GrantKind } from '../../../config/settings.js';
import { TpksError } from '../../../errors.js';
import { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { findClientId, findClientSecret, givenClientSecret } from './client-credentials.js';
import { getToken, tokenView, type GetTokenDeps } from './get-token.js';
import { addGetTokenOptions, type GetTokenFlags } from './get-token-options.js';
import { tokenArgument } from './token-argument.js';
import { checkStdin } from '../inputs.js';

type Deps = GetTokenDeps & Pick<Services, 'session' | 'uaaContext'>;

interface Flags extends GetTokenFlags {
  readonly client?: string;
}

export function define(command: Command, deps: Deps): void {
  addGetTokenOptions(
    command
      .argument('[refreshtoken]', 'a refresh token got elsewhere; - is stdin')
      .option('-c, --client <id>', 'the client it belongs to (that of the context)'),
  )
    .description(
      'Renews the token of the current context now. tpks does so by itself whenever a token is about ' +
        'to end. With a refresh token, makes a context of that.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa token refresh')
    .action((refreshToken: string | undefined, flags: Flags) =>
      refresh({ refreshToken, ...flags }, deps),
    );
}

interface Input extends Flags {
  readonly refreshToken?: string | undefined;
}

export async function refresh(input: Input, deps: Deps): Promise<void> {
  if (input.refreshToken !== undefined) return ofToken(input.refreshToken, input, deps);
  const context = await deps.uaaContext();
  const session = await deps.session(context);
  const stored = await session.stored();
  const isAsItWas = [input.client, input.secret, input.secretFile, input.scope, input.format].every(
    (flag) => flag === undefined,
  );
  if (!isAsItWas && stored !== undefined) return otherwise(input, context, stored, deps);
  // Through the session, where fifty processes send one request.
  await session.accessToken({ rejected: stored?.accessToken });
  const renewed = await session.stored();
  if (renewed === undefined) return;
  await deps.terminal.show(
    tokenView({
      name: context.name,
      context,
      grantLabel: context.grant === 'client_credentials' ? 'client credentials' : 'refresh',
      scope: renewed.scope,
      expiresAt: new Date(renewed.expiresAt),
      storeDescription: (await deps.logins()).describe(context.store),
    }),
  );
}

/** With other scopes, in another form, or as another client: not what the session does by itself. */
async function otherwise(
  input: Input,
  context: Context,
  stored: StoredSession,
  deps: Deps,
): Promise<void> {
  const { refreshToken } = stored;
  if (refreshToken === undefined) throw withoutRefreshToken(context);
  const { store, name, identity, grant, tokenFormat } = context;
  const kept = {
    name: input.name ?? name,
    ...(store === 'none' ? {} : { store: input.store ?? store }),
    ...(stored.clientSecret === undefined ? {} : { saveSecret: true as const }),
  };
  const format = input.format ?? tokenFormat;
  await getToken(
    { ...input, ...kept, ...(format === undefined ? {} : { format }) },
    async ({ api, uaa }) => {
      const clientId = input.client ?? context.clientId;
      const given = await givenClientSecret({ name: clientId, api, uaa }, input, deps);
      return {
        clientId,
        clientSecret: given ?? secretOf(context, stored),
        grant: {
          kind: 'refresh_token',
          refreshToken,
          startedBy: grant,
          identity,
        },
      };
    },
    deps,
  );
}

async function ofToken(typed: string, input: Input, deps: Deps): Promise<void> {
  checkStdin('Both the secret and the refresh token', typed === '-', input.secretFile === '-');
  await getToken(
    input,
    async ({ api, uaa }) => {
      const clientId = await findClientId(input.client, deps, 'with --client');
      const clientSecret = await findClientSecret({ name: clientId, api, uaa }, input, deps);
      const refreshToken = await tokenArgument(typed, deps.terminal);
      return {
        clientId,
        clientSecret,
        grant: { kind: 'refresh_token', refreshToken, startedBy: grantOf(refreshToken) },
      };
    },
    deps,
  );
}

/** The grant that the session started with, if the token names it. */
function grantOf(refreshToken: Secret): GrantKind {
  const grant = claims(refreshToken)?.['grant_type'];
  return grant === 'authorization_code' ? grant : 'password';
}

function secretOf(context: Context, { clientSecret }: StoredSession): Secret | undefined {
  if (clientSecret !== undefined) return clientSecret;
  return context.isPublicClient === true ? undefined : new Secret('');
}

function withoutRefreshToken({ name, grant, clientId }: Context): TpksError {
  const isClient = grant === 'client_credentials';
  return new TpksError('unauthenticated', `The context ${name} has no refresh token`, {
    hint: isClient ? `tpks uaa token client get ${clientId}` : 'get a token anew: tpks uaa token',
  });
}
