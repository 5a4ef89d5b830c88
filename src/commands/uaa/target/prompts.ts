import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { showObject } from '../show-object.js';
import { withoutZone } from '../zone-options.js';
import { targetInForce, type TargetDeps } from './target-in-force.js';
import { loadInfo } from '../resources.js';

type Deps = TargetDeps & Pick<Services, 'publicUaaResource'>;

export function define(command: Command, deps: Deps): void {
  withoutZone(command)
    .description('Shows what the UAA asks for at a login. No token is needed.')
    .addHelpText('after', '\nExample:\n  $ tpks uaa prompts')
    .action(() => prompts(deps));
}

/** Shows each prompt with its type and its label. */
export async function prompts(deps: Deps): Promise<void> {
  const server = await deps.publicUaaResource(loadInfo, await targetInForce(deps));
  const { prompts: asked } = await server.get();
  await showObject(asked, deps);
}
