import type { Command } from 'commander';
import type { Services } from '../../../../services.js';
import type { JwtTrust } from '../../../../uaa/client-jwts.js';
import { clientId } from '../client-id.js';
import { addTrustOptions, toTrust, type TrustFlags } from './trust-options.js';

type Deps = Pick<Services, 'terminal' | 'clientJwts'>;

export function define(command: Command, deps: Deps): void {
  addTrustOptions(command)
    .description(
      'Let a client also authenticate with JWTs that this key or issuer signs, instead of a secret. ' +
        'Requires UAA 76.22 or later.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ tpks uaa client jwt add ci-reader --jwks_uri https://ci.example.com/keys',
    )
    .action(async (id: string | undefined, flags: TrustFlags) => {
      const trust = await toTrust(flags);
      await add({ id: await clientId(id, deps), trust }, deps);
    });
}

interface Input {
  readonly id: string;
  readonly trust: JwtTrust;
}

/** Trusts one more key or issuer. */
export async function add({ id, trust }: Input, deps: Deps): Promise<void> {
  const answer = await (await deps.clientJwts()).change(id, 'ADD', trust);
  await deps.terminal.show({ json: answer, text: ['client jwt successfully added'] });
}
