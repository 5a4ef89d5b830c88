import { Option, type Command } from 'commander';
import type { Services } from '../../../services.js';
import { withStdin } from '../../stdin-inputs.js';
import { collectAnswers } from './prompt-answers.js';
import { defaultImplicitClient } from './client-credentials.js';
import { getToken, type GetTokenDeps } from './get-token.js';
import { addTokenOptions, type GetTokenFlags } from './get-token-options.js';
import { createInfoEndpoint } from '../../../uaa/info.js';

type Deps = GetTokenDeps & Pick<Services, 'publicUaaResource'>;

interface Flags extends GetTokenFlags {
  readonly client?: string;
  readonly redirectUri?: string;
  readonly passwordStdin?: true;
}

export function define(command: Command, deps: Deps): void {
  addTokenOptions(
    command
      .argument('[credentials...]', 'values for the prompts, in the order of `tpks uaa prompts`')
      .option(
        '-c, --client <id>',
        `UAA client (default: ${defaultImplicitClient}) [TPKS_CLIENT_NAME]`,
      )
      .addOption(
        withStdin(
          new Option('--password-stdin', 'read the password from stdin [TPKS_PASSWORD]'),
          true,
        ),
      )
      .option(
        '--redirect-uri <uri>',
        'redirect URI that the client is registered with; never opened ' +
          '(default: https://uaa.cloudfoundry.com/redirect/CLIENT)',
      ),
  )
    .description(
      'Get a token with the values that the UAA prompts for, usually username and password, and use ' +
        'it for the uaa commands. Uses the implicit grant without a browser: the client ' +
        'needs no secret, and the token cannot be renewed. Prompts for missing values with the ' +
        'labels of the UAA.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa token get cody')
    .action((credentials: string[], flags: Flags) =>
      getPromptedToken({ credentials, ...flags }, deps),
    );
}

interface Input extends Flags {
  readonly credentials: readonly string[];
}

export async function getPromptedToken(input: Input, deps: Deps): Promise<void> {
  await getToken(
    input,
    async (target) => {
      const clientId = input.client ?? deps.env.TPKS_CLIENT_NAME ?? defaultImplicitClient;
      const { prompts } = await (await deps.publicUaaResource(createInfoEndpoint, target)).get();
      const { username, answers } = await collectAnswers(prompts, { ...input, target }, deps);
      const redirectUri = input.redirectUri ?? `https://uaa.cloudfoundry.com/redirect/${clientId}`;
      return {
        clientId,
        clientSecret: undefined,
        grant: { kind: 'posted_credentials', username, promptValues: answers, redirectUri },
      };
    },
    deps,
  );
}
