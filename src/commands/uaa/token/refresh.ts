import type { Command } from 'commander';
import { claims } from '../../../auth/claims.js';
import type { Context } from '../../../contexts/context.js';
import type { StoredSession } from '../../../auth/session-file.js';
import type { GrantKind } from '../../../config/settings.js';
import { TpksError } from '../../../errors.js';
import { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { findClientId, findClientSecret, givenClientSecret } from './client-credentials.js';
import { fetchToken, type FetchDeps } from './fetch.js';
import { addFetchOptions, type FetchFlags } from './fetch-options.js';
import { fetchedView } from './fetched-view.js';
import { tokenArgument } from './token-argument.js';

type Deps = FetchDeps & Pick<Services, 'session' | 'uaaContext'>;

interface Flags extends FetchFlags {
  readonly client?: string;
}

export function define(command: Command, deps: Deps): void {
  addFetchOptions(
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

/** Renews a token. */
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
    fetchedView({
      name: context.name,
      context,
      grantLabel: context.grant === 'client_credentials' ? 'client credentials' : 'refresh',
      scope: renewed.scope,
      expiresAt: new Date(renewed.expiresAt),
      keptIn: (await deps.logins()).describe(context.store),
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
  await fetchToken(
    { ...input, ...kept, ...(format === undefined ? {} : { format }) },
    async (target) => {
      const clientId = input.client ?? context.clientId;
      const given = await givenClientSecret(
        { name: clientId, api: target.api, uaa: target.uaa },
        input,
        deps,
      );
      const clientSecret = given ?? secretOf(context, stored);
      const client = { ...target, clientId, clientSecret, tokenFormat: format };
      return {
        ...{ grantLabel: 'refresh', grant, identity, clientId, clientSecret },
        check: 'the session, which may have ended',
        token: async (scope) =>
          (await deps.grants(client)).refresh(new Secret(refreshToken), { scope }),
      };
    },
    deps,
  );
}

async function ofToken(typed: string, input: Input, deps: Deps): Promise<void> {
  if (typed === '-' && input.secretFile === '-') {
    throw new TpksError('usage', 'Both the secret and the refresh token are to come from stdin', {
      hint: 'give one of them in a file or a variable',
    });
  }
  await fetchToken(
    input,
    async (target) => {
      const clientId = await findClientId(input.client, deps, 'with --client');
      const clientSecret = await findClientSecret(
        { name: clientId, api: target.api, uaa: target.uaa },
        input,
        deps,
      );
      const refreshToken = await tokenArgument(typed, deps.terminal);
      const client = { ...target, clientId, clientSecret, tokenFormat: input.format };
      return {
        ...{ grantLabel: 'refresh', clientId, clientSecret },
        grant: grantOf(refreshToken),
        check: 'the refresh token',
        token: async (scope) => (await deps.grants(client)).refresh(refreshToken, { scope }),
      };
    },
    deps,
  );
}

/** How the session began, where the token tells. */
function grantOf(refreshToken: Secret): GrantKind {
  const grant = claims(refreshToken.open())?.['grant_type'];
  return grant === 'authorization_code' ? grant : 'password';
}

function secretOf(context: Context, { clientSecret }: StoredSession): Secret | undefined {
  if (clientSecret !== undefined) return new Secret(clientSecret);
  return context.isPublicClient === true ? undefined : new Secret('');
}

function withoutRefreshToken({ name, grant, clientId }: Context): TpksError {
  const isClient = grant === 'client_credentials';
  return new TpksError('unauthenticated', `The context ${name} has no refresh token`, {
    hint: isClient ? `tpks uaa token client get ${clientId}` : 'get a token anew: tpks uaa token',
  });
}
