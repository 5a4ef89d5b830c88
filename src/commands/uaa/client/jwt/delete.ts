import type { Command } from 'commander';
import type { Services } from '../../../../services.js';
import type { JwtTrust } from '../../../../uaa/client-jwts.js';
import { clientId } from '../client-id.js';
import { addTrustOptions, toTrust, type TrustFlags } from './trust-options.js';

type Deps = Pick<Services, 'terminal' | 'clientJwts'>;

/** UAA's word for every key. */
const everyKey: JwtTrust = { jwksUri: '*' };

export function define(command: Command, deps: Deps): void {
  addTrustOptions(command)
    .description(
      'Trusts JWTs of a client no more: those of one key, of one issuer, or, where nothing is named, ' +
        'of all its keys.',
    )
    .option('--kid <id>', 'one key, by its id')
    .addHelpText('after', '\nExample:\n  $ tpks uaa client jwt delete ci-reader --kid key-1')
    .action(async (id: string | undefined, flags: TrustFlags) => {
      const trust = toDistrust(flags);
      await remove({ id: await clientId(id, deps), trust }, deps);
    });
}

interface Input {
  readonly id: string;
  readonly trust: JwtTrust;
}

/** Trusts a key, an issuer, or every key no more. */
export async function remove({ id, trust }: Input, deps: Deps): Promise<void> {
  const answer = await (await deps.clientJwts()).change(id, 'DELETE', trust);
  await deps.terminal.show({ json: answer, text: ['client jwt successfully deleted'] });
}

function toDistrust(flags: TrustFlags): JwtTrust {
  const { kid, ...others } = flags;
  if (Object.keys(others).length > 0) return toTrust(flags);
  return kid === undefined ? everyKey : { keyId: kid };
}
