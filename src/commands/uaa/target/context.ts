import type { Command } from 'commander';
import type { Context } from '../../../contexts/context.js';
import type { Settings } from '../../../config/settings.js';
import { isTpksError } from '../../../errors.js';
import { getOwnValue } from '../../../own-value.js';
import type { Services } from '../../../services.js';
import { toYaml } from '../../../terminal/yaml.js';
import { outputOption } from '../../resource/output-option.js';
import { contextName } from '../../session/context-name.js';
import { rejectZoneOptions } from '../zone-options.js';
import { findContext } from '../../../contexts/find-context.js';
import { listTargets, switchTarget, type UaaTarget } from '../../../contexts/targets.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'uaaContext' | 'session'>;

export function define(command: Command, deps: Deps): void {
  rejectZoneOptions(command)
    .description(
      'Select the context that the uaa commands use, and show it. Without a name, show the current ' +
        'context. Tokens are never shown; to print one, use `tpks token`.',
    )
    .addArgument(contextName(deps, '[name]', 'name, number from `tpks uaa contexts`, or identity'))
    .addOption(outputOption('json', 'yaml', 'name'))
    .addHelpText('after', '\nExample:\n  $ tpks uaa context admin')
    .action((name: string | undefined) => selectContext({ name }, deps));
}

/** Selects a context if a name is given, then shows the current context. */
export async function selectContext(
  { name: argument }: { readonly name?: string | undefined },
  deps: Deps,
): Promise<void> {
  const file = await deps.settings();
  if (argument !== undefined) {
    await file.update((settings) => {
      const name = findContext(argument, settings, { forUaa: true });
      const selected = getOwnValue(settings.contexts, name);
      if (selected === undefined) return settings;
      return switchTarget(settings, toTarget(settings, selected), name);
    });
  }
  const current = await deps.uaaContext();
  const { name, identity, clientId, grant, origin, uaa, api, store } = current;
  const details = {
    name,
    identity,
    clientId,
    grant,
    origin,
    uaa,
    api,
    hasCaCert: current.caCert !== undefined,
    skipTlsVerification: current.skipTlsVerification,
    store,
    ...(await readSession(current, deps)),
  };
  await deps.terminal.show({ json: details, text: await toYaml(details), name });
}

function toTarget(settings: Settings, { uaa, caCert, skipTlsVerification }: UaaTarget): UaaTarget {
  const known = listTargets(settings).find((target) => target.uaa === uaa);
  return known ?? { uaa, caCert, skipTlsVerification };
}

/** If the session cannot be read, e.g. because the keychain is locked, the other details are still shown. */
async function readSession(
  context: Context,
  { session, terminal }: Deps,
): Promise<{ scopes: readonly string[] | null; accessTokenExpiresAt: string | null }> {
  try {
    const stored = await (await session(context)).readStored();
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
