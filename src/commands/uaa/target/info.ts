import type { Services } from '../../../services.js';
import type { View } from '../../../terminal/terminal.js';
import type { UaaInfo } from '../../../uaa/info.js';
import type { Leaf } from '../../contents.js';
import { formatExamples, type CommandHelp } from '../../resource/list-command.js';
import { outputOption } from '../../resource/output-option.js';
import { showNamedObject } from '../show-object.js';
import { rejectZoneOptions } from '../zone-options.js';
import { requireTarget, type TargetDeps } from './resolve-target.js';
import { createInfoEndpoint } from '../../../uaa/info.js';

export const info = infoCommand({
  description: 'Show the version, links and login prompts of the UAA. No token is required.',
  examples: ['uaa info'],
  select: (response) => response,
  nameOf: (_response, uaa) => uaa,
});

export const prompts = infoCommand({
  description: 'Show the values that the UAA prompts for at login. No token is required.',
  examples: ['uaa prompts'],
  select: (response) => response.prompts,
  nameOf: ({ prompts }) => Object.keys(prompts),
});

interface InfoCommand extends CommandHelp {
  /** Selects the part of the response to show. */
  readonly select: (response: UaaInfo) => object;
  /** Returns what `-o name` prints. */
  readonly nameOf: (response: UaaInfo, uaa: string) => View['name'];
}

function infoCommand({ description, examples, select, nameOf }: InfoCommand): Leaf {
  const show = async (deps: TargetDeps & Pick<Services, 'publicUaaResource'>): Promise<void> => {
    const target = await requireTarget(deps);
    const response = await (await deps.publicUaaResource(createInfoEndpoint, target)).get();
    await showNamedObject(select(response), nameOf(response, target.uaa), deps);
  };
  return {
    define: (command, services) =>
      rejectZoneOptions(command)
        .description(description)
        .addOption(outputOption('json', 'yaml', 'name'))
        .addHelpText('after', formatExamples(examples))
        .action(() => show(services)),
  };
}
