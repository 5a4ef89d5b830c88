import type { Services } from '../../../services.js';
import type { UaaInfo } from '../../../uaa/info.js';
import type { Leaf } from '../../contents.js';
import { formatExamples, type CommandHelp } from '../../resource/list-command.js';
import { loadInfo } from '../resources.js';
import { showObject } from '../show-object.js';
import { rejectZoneOptions } from '../zone-options.js';
import { requireTarget, type TargetDeps } from './resolve-target.js';

export const info = infoCommand({
  description: 'Show the version, links and login prompts of the UAA. No token is required.',
  examples: ['uaa info'],
  select: (response) => response,
});

export const prompts = infoCommand({
  description: 'Show the values that the UAA prompts for at login. No token is required.',
  examples: ['uaa prompts'],
  select: (response) => response.prompts,
});

interface InfoCommand extends CommandHelp {
  /** Selects the part of the response to show. */
  readonly select: (response: UaaInfo) => object;
}

function infoCommand({ description, examples, select }: InfoCommand): Leaf {
  const show = async (deps: TargetDeps & Pick<Services, 'publicUaaResource'>): Promise<void> => {
    const resource = await deps.publicUaaResource(loadInfo, await requireTarget(deps));
    await showObject(select(await resource.get()), deps);
  };
  return {
    define: (command, services) =>
      rejectZoneOptions(command)
        .description(description)
        .addHelpText('after', formatExamples(examples))
        .action(() => show(services)),
  };
}
