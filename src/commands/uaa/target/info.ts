import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { showObject } from '../show-object.js';
import { withoutZone } from '../zone-options.js';
import { targetInForce, type TargetDeps } from './target-in-force.js';
import { loadInfo } from '../resources.js';

type Deps = TargetDeps & Pick<Services, 'publicUaaResource'>;

export function define(command: Command, deps: Deps): void {
  withoutZone(command)
    .description(
      'Shows what the UAA says about itself: version, links, prompts. No token is needed.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa info')
    .action(() => info(deps));
}

/** Asks the target who it is. */
export async function info(deps: Deps): Promise<void> {
  const server = await deps.publicUaaResource(loadInfo, await targetInForce(deps));
  const answer = await server.get();
  await showObject(answer, deps);
}
