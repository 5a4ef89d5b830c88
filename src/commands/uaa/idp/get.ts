import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import { nameOrAsk } from '../name.js';
import { showThing } from '../show-thing.js';

type Deps = Pick<Services, 'terminal' | 'identityProviders'>;

interface Flags {
  readonly id?: string;
}

export function define(command: Command, deps: Deps): void {
  command
    .description('Shows an identity provider with its settings, as the UAA has them.')
    .argument('[origin]', 'its origin, e.g. ldap')
    .option('--id <id>', 'the one with this id')
    .addHelpText('after', '\nExample:\n  $ tpks uaa idp get ldap')
    .action((origin: string | undefined, { id }: Flags) => get({ origin, id }, deps));
}

interface Input {
  readonly origin?: string | undefined;
  readonly id?: string | undefined;
}

/** Shows one provider. */
export async function get({ origin, id }: Input, deps: Deps): Promise<void> {
  if (origin !== undefined && id !== undefined) {
    throw new TpksError('usage', '--id names a provider by itself', {
      hint: 'leave out the origin, or leave out --id',
    });
  }
  const question = { prompt: 'Origin: ', insteadUse: 'give the origin, or --id' };
  const key =
    id === undefined ? { origin: await nameOrAsk(origin, question, deps.terminal) } : { id };
  const found = await (await deps.identityProviders()).get(key);
  await showThing(found, deps);
}
