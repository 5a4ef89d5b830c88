import type { Command } from 'commander';
import type { Services } from '../../../../services.js';
import type { JwtTrust } from '../../../../uaa/client-jwts.js';
import { clientId } from '../client-id.js';
import { addTrustOptions, toTrust, type TrustFlags } from './trust-options.js';

type Deps = Pick<Services, 'terminal' | 'clientJwts'>;

/** The UAA understands `*` as all keys. */
const everyKey: JwtTrust = { jwksUri: '*' };

export function define(command: Command, deps: Deps): void {
  addTrustOptions(command)
    .description(
      'Stop accepting JWTs of a client that one key or issuer signed. Without options, remove all of ' +
        'its keys.',
    )
    .option('--kid <id>', 'id of the key')
    .addHelpText('after', '\nExample:\n  $ tpks uaa client jwt delete ci-reader --kid key-1')
    .action(async (id: string | undefined, flags: TrustFlags) => {
      const trust = await toRemovedTrust(flags);
      await remove({ id: await clientId(id, deps), trust }, deps);
    });
}

interface Input {
  readonly id: string;
  readonly trust: JwtTrust;
}

/** Removes a key, an issuer, or all keys. */
export async function remove({ id, trust }: Input, deps: Deps): Promise<void> {
  const answer = await (await deps.clientJwts()).change(id, 'DELETE', trust);
  await deps.terminal.show({ json: answer, text: ['client jwt successfully deleted'] });
}

async function toRemovedTrust(flags: TrustFlags): Promise<JwtTrust> {
  const { kid, ...others } = flags;
  if (Object.keys(others).length > 0) return toTrust(flags);
  return kid === undefined ? everyKey : { keyId: kid };
}
