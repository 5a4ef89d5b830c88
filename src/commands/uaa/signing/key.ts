import { Option, type Command } from 'commander';
import { withFileNames } from '../../../completion/completer.js';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { BasicClient } from '../../../uaa/tokens/client-basic.js';
import { showObject } from '../show-object.js';
import { targetInForce, type TargetDeps, type TargetInForce } from '../target/target-in-force.js';
import { withoutZone } from '../zone-options.js';

const loadSigningKeys = async () =>
  (await import('../../../uaa/tokens/signing-key.js')).createSigningKeys;

type Deps = TargetDeps & Pick<Services, 'publicUaaResource' | 'secrets'>;

interface Flags {
  readonly client?: string;
  readonly secret?: string;
  readonly secretFile?: string;
}

export function define(command: Command, deps: Deps): void {
  withoutZone(command)
    .description(
      'Shows the key that signs tokens now, asked of the UAA each time. A shared key is for clients ' +
        'that have the authority uaa.resource alone.',
    )
    .option('-c, --client <id>', 'ask as this client, for a shared key')
    .option('-s, --secret <secret>', 'the client’s secret (others on this machine may see it)')
    .addOption(
      withFileNames(
        new Option('--secret-file <path>', 'file with it; - is stdin [TPKS_CLIENT_SECRET]'),
      ).conflicts('secret'),
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa signing key')
    .action((flags: Flags) => key(flags, deps));
}

/** Shows the key in force. */
export async function key(flags: Flags, deps: Deps): Promise<void> {
  const target = await targetInForce(deps);
  const keys = await deps.publicUaaResource(loadSigningKeys, target);
  const current = await keys.current(await reader(flags, target, deps));
  await showObject(current, deps);
}

/** @returns `undefined` if the request needs no client credentials. */
async function reader(
  { client, secret, secretFile }: Flags,
  { api, uaa }: TargetInForce,
  { secrets }: Deps,
): Promise<BasicClient | undefined> {
  if (client === undefined) {
    if (secret === undefined && secretFile === undefined) return undefined;
    throw new TpksError('usage', 'A secret without its client', {
      hint: 'name the client with -c',
    });
  }
  const clientSecret = await (
    await secrets()
  ).find({
    value: secret,
    valueFlag: '--secret',
    file: secretFile,
    fileFlag: '--secret-file',
    variable: 'TPKS_CLIENT_SECRET',
    recipient: { name: client, api, uaa },
    prompt: 'Client secret: ',
  });
  return { clientId: client, clientSecret };
}
