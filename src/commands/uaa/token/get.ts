import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { answersTo } from './answers.js';
import { defaultImplicitClient } from './client-credentials.js';
import { getToken, type GetTokenDeps } from './get-token.js';
import { addKeepOptions, type GetTokenFlags } from './get-token-options.js';
import { loadInfo } from '../resources.js';

type Deps = GetTokenDeps & Pick<Services, 'publicUaaResource'>;

interface Flags extends GetTokenFlags {
  readonly client?: string;
  readonly redirectUri?: string;
  readonly passwordStdin?: true;
}

export function define(command: Command, deps: Deps): void {
  addKeepOptions(
    command
      .argument('[credentials...]', 'answers to the prompts of `tpks uaa prompts`, in their order')
      .option('-c, --client <id>', `UAA client (${defaultImplicitClient}) [TPKS_CLIENT_NAME]`)
      .option('--password-stdin', 'read the password from stdin [TPKS_PASSWORD]')
      .option(
        '--redirect-uri <uri>',
        'redirect URI registered for the client; never opened ' +
          '(https://uaa.cloudfoundry.com/redirect/CLIENT)',
      ),
  )
    .description(
      'Get a token with the values that the UAA prompts for, usually user name and password (implicit ' +
        'grant without a browser: no secret and no renewal), and make it the current context of ' +
        'the uaa commands. Prompts for missing values with the UAA’s own texts.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa token get cody')
    .action((credentials: string[], flags: Flags) => get({ credentials, ...flags }, deps));
}

interface Input extends Flags {
  readonly credentials: readonly string[];
}

export async function get(input: Input, deps: Deps): Promise<void> {
  await getToken(
    input,
    async (target) => {
      const clientId = input.client ?? deps.env.TPKS_CLIENT_NAME ?? defaultImplicitClient;
      const { prompts } = await (await deps.publicUaaResource(loadInfo, target)).get();
      const { username, answers } = await answersTo(prompts, { ...input, target }, deps);
      const redirectUri = input.redirectUri ?? `https://uaa.cloudfoundry.com/redirect/${clientId}`;
      return {
        clientId,
        clientSecret: undefined,
        grant: { kind: 'posted_credentials', username, answers, redirectUri },
      };
    },
    deps,
  );
}
