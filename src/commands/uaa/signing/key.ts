import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { BasicClient } from '../../../uaa/tokens/basic-client.js';
import { outputOption } from '../../resource/output-option.js';
import { showObject } from '../show-object.js';
import { requireTarget, type TargetDeps, type ResolvedTarget } from '../target/resolve-target.js';
import { findClientSecret } from '../token/client-credentials.js';
import { addSecretOptions, type SecretFlags } from '../token/get-token-options.js';
import { rejectZoneOptions } from '../zone-options.js';
import { createSigningKeys } from '../../../uaa/tokens/signing-key.js';

type Deps = TargetDeps & Pick<Services, 'publicUaaResource' | 'secrets'>;

interface Flags extends SecretFlags {
  readonly client?: string;
}

export function define(command: Command, deps: Deps): void {
  addSecretOptions(
    rejectZoneOptions(command).option(
      '-c, --client <id>',
      'client that is allowed to see a shared key',
    ),
  )
    .description(
      'Show the key that the UAA currently signs tokens with. A public key requires no token. A ' +
        'shared (symmetric) key requires a client with the authority uaa.resource (-c).',
    )
    .addOption(outputOption('json', 'yaml', 'name'))
    .addHelpText('after', '\nExample:\n  $ tpks uaa signing key')
    .action((flags: Flags) => showSigningKey(flags, deps));
}

async function showSigningKey(flags: Flags, deps: Deps): Promise<void> {
  const target = await requireTarget(deps);
  const keys = await deps.publicUaaResource(createSigningKeys, target);
  const current = await keys.getCurrent(await readClientCredentials(flags, target, deps));
  await showObject(current, deps, 'kid');
}

/**
 * @returns `undefined` if no client is given.
 * @throws {TpksError} `usage` if a secret is given without a client.
 */
async function readClientCredentials(
  flags: Flags,
  { api, uaa }: ResolvedTarget,
  deps: Deps,
): Promise<BasicClient | undefined> {
  const { client, secret, secretFile } = flags;
  if (client === undefined) {
    if (secret === undefined && secretFile === undefined) return undefined;
    throw new TpksError('usage', 'Missing client: a secret cannot be used without one', {
      hint: 'add -c CLIENT',
    });
  }
  const clientSecret = await findClientSecret({ name: client, api, uaa }, flags, deps);
  return { clientId: client, clientSecret };
}
