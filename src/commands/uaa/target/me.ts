import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { showThing } from '../show-thing.js';

type Deps = Pick<Services, 'terminal' | 'userinfo'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Shows the user whose token is in use, as the UAA knows it. `tpks status` shows the token.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa me')
    .action(() => me(deps));
}

/** Asks the UAA whose token it is. */
export async function me(deps: Deps): Promise<void> {
  const user = await (await deps.userinfo()).get();
  await showThing(user, deps);
}
