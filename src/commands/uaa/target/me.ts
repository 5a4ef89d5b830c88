import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { outputOption } from '../../resource/output-option.js';
import { showObject } from '../show-object.js';
import { createUserinfoEndpoint } from '../../../uaa/userinfo.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Show the user of the current token, from the /userinfo endpoint of the UAA. Requires the ' +
        'scope openid. To show the scopes and expiry of the token, use `tpks status`.',
    )
    .addOption(outputOption('json', 'yaml', 'name'))
    .addHelpText('after', '\nExample:\n  $ tpks uaa me')
    .action(() => showMe(deps));
}

export async function showMe(deps: Deps): Promise<void> {
  const user = await (
    await deps.uaaResource(createUserinfoEndpoint, { acceptsOtherRole: true })
  ).get();
  await showObject(user, deps, 'user_name');
}
