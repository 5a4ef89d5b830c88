import type { Command } from 'commander';
import type { Context } from '../../../contexts/context.js';
import type { Settings } from '../../../config/settings.js';
import { isTpksError } from '../../../errors.js';
import { ownValue } from '../../../own-value.js';
import type { Services } from '../../../services.js';
import { asYaml } from '../../../terminal/as-yaml.js';
import { contextName } from '../../session/context-name.js';
import { withoutZone } from '../zone-options.js';
import { findContext } from '../../../contexts/find-context.js';
import { knownTargets, turnTo, type UaaTarget } from '../../../contexts/targets.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'uaaContext' | 'session'>;

export function define(command: Command, deps: Deps): void {
  withoutZone(command)
    .description(
      'Chooses the context whose token the uaa commands use, and shows it. Without a name, shows ' +
        'the current one. The tokens themselves are never shown: see `tpks token`.',
    )
    .addArgument(
      contextName(deps, '[name]', 'the context, its number in `tpks uaa contexts`, or who it is'),
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa context admin')
    .action((name: string | undefined) => selectContext({ name }, deps));
}

/** Selects a context if one is named, then shows the current one. */
export async function selectContext(
  { name: wanted }: { readonly name?: string | undefined },
  deps: Deps,
): Promise<void> {
  const file = await deps.settings();
  if (wanted !== undefined) {
    await file.update((settings) => {
      const name = findContext(wanted, settings, { forUaa: true });
      const chosen = ownValue(settings.contexts, name);
      return chosen === undefined ? settings : turnTo(settings, toTarget(settings, chosen), name);
    });
  }
  const inForce = await deps.uaaContext();
  const { name, identity, clientId, grant, origin, uaa, api, store } = inForce;
  const shown = {
    name,
    identity,
    clientId,
    grant,
    origin,
    uaa,
    api,
    hasCaCert: inForce.caCert !== undefined,
    skipTlsVerification: inForce.skipTlsVerification,
    store,
    ...(await readSession(inForce, deps)),
  };
  await deps.terminal.show({ json: shown, text: await asYaml(shown) });
}

function toTarget(settings: Settings, { uaa, caCert, skipTlsVerification }: UaaTarget): UaaTarget {
  const known = knownTargets(settings).find((target) => target.uaa === uaa);
  return known ?? { uaa, caCert, skipTlsVerification };
}

/** A keychain that does not open is no reason not to tell the rest. */
async function readSession(
  inForce: Context,
  { session, terminal }: Deps,
): Promise<{ scopes: readonly string[] | null; accessTokenExpiresAt: string | null }> {
  try {
    const stored = await (await session(inForce)).stored();
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
