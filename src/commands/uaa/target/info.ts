import type { Services } from '../../../services.js';
import type { UaaInfo } from '../../../uaa/info.js';
import type { Leaf } from '../../contents.js';
import { examplesText, type CommandTexts } from '../../resource/list-command.js';
import { loadInfo } from '../resources.js';
import { showObject } from '../show-object.js';
import { withoutZone } from '../zone-options.js';
import { targetInForce, type TargetDeps } from './target-in-force.js';

export const info = infoCommand({
  description: 'Show the version, the links and the prompts of the UAA. No token is needed.',
  examples: ['uaa info'],
  part: (server) => server,
});

export const prompts = infoCommand({
  description: 'Show what the UAA prompts for at a login. No token is needed.',
  examples: ['uaa prompts'],
  part: (server) => server.prompts,
});

interface InfoCommand extends CommandTexts {
  /** The part of the information to show. */
  readonly part: (server: UaaInfo) => object;
}

function infoCommand({ description, examples, part }: InfoCommand): Leaf {
  const show = async (deps: TargetDeps & Pick<Services, 'publicUaaResource'>): Promise<void> => {
    const resource = await deps.publicUaaResource(loadInfo, await targetInForce(deps));
    await showObject(part(await resource.get()), deps);
  };
  return {
    define: (command, services) =>
      withoutZone(command)
        .description(description)
        .addHelpText('after', examplesText(examples))
        .action(() => show(services)),
  };
}
