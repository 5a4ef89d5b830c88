import { Argument } from 'commander';
import type { Services } from '../../app/services.js';
import { isTpksError } from '../../base/errors.js';
import type { Context } from '../../domain/contexts/context.js';
import { toYaml } from '../../platform/terminal/lines.js';
import { withCompleter } from '../completer.js';

type Deps = Pick<Services, 'terminal' | 'session'>;

/**
 * Shows a context and the scopes and expiry of its access token, but no token.
 * @param more - shown at the end.
 */
export async function showContextDetails(
  context: Context,
  deps: Deps,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { name, identity, clientId, grant, origin, uaa, store } = context;
  const api = context.isApiUnconfirmed === true ? undefined : context.api;
  const details = {
    name,
    identity,
    clientId,
    grant,
    origin,
    uaa,
    api,
    hasCaCert: context.caCert !== undefined,
    skipTlsVerification: context.skipTlsVerification,
    store,
    ...(await readSession(context, deps)),
    ...more,
  };
  await deps.terminal.show({ json: details, text: await toYaml(details), name });
}

/** If the session cannot be read, e.g. because the keychain is locked, the other details are still shown. */
async function readSession(
  context: Context,
  { session, terminal }: Deps,
): Promise<{ scopes: readonly string[] | null; accessTokenExpiresAt: string | null }> {
  try {
    const stored = await session(context).readStored();
    return {
      scopes: stored?.scope.split(' ').filter(Boolean) ?? null,
      accessTokenExpiresAt: stored?.expiresAt ?? null,
    };
  } catch (error) {
    if (!isTpksError(error)) throw error;
    terminal.warn(`the session cannot be read: ${error.message}`);
    return { scopes: null, accessTokenExpiresAt: null };
  }
}

/** Creates the argument for the name of a stored context, with completion from the settings. */
export function contextName(
  { settings }: Pick<Services, 'settings'>,
  argument = '<name>',
  description = 'name of the context, as listed by `tpks contexts`',
): Argument {
  return withCompleter(new Argument(argument, description), async () =>
    Object.keys((await settings.read()).contexts),
  );
}
