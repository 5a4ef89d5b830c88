import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { answersTo } from './answers.js';
import { fetchToken, type FetchDeps } from './fetch.js';
import { addKeepOptions, type FetchFlags } from './fetch-options.js';
import { usualClient } from './usual-client.js';

type Deps = FetchDeps & Pick<Services, 'info' | 'postedCredentials'>;

interface Flags extends FetchFlags {
  readonly client?: string;
  readonly redirectUri?: string;
  readonly passwordStdin?: true;
}

export function define(command: Command, deps: Deps): void {
  addKeepOptions(
    command
      .argument('[credentials...]', 'answers to the prompts of `tpks uaa prompts`, in their order')
      .option('-c, --client <id>', `UAA client (${usualClient}) [TPKS_CLIENT_NAME]`)
      .option('--password-stdin', 'read the password from stdin [TPKS_PASSWORD]')
      .option(
        '--redirect-uri <uri>',
        'one that the client is registered with; nobody goes there ' +
          '(https://uaa.cloudfoundry.com/redirect/CLIENT)',
      ),
  )
    .description(
      'Gets a token for what the UAA itself prompts for, user name and password as a rule (implicit ' +
        'grant without a browser: no secret, and no renewal), and makes it the current context of ' +
        'the uaa commands. What is missing is asked for in the UAA’s words.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa token get cody')
    .action((credentials: string[], flags: Flags) => get({ credentials, ...flags }, deps));
}

interface Input extends Flags {
  readonly credentials: readonly string[];
}

/** Gets a token for the answers to the UAA's prompts. */
export async function get(input: Input, deps: Deps): Promise<void> {
  const { redirectUri, format } = input;
  await fetchToken(
    input,
    async (target) => {
      const clientId = input.client ?? (deps.env['TPKS_CLIENT_NAME'] || usualClient);
      const { prompts } = await (await deps.info(target)).get();
      const { username, answers } = await answersTo(prompts, { ...input, target }, deps);
      return {
        grantLabel: 'implicit (with posted credentials)',
        grant: 'implicit',
        identity: username,
        clientId,
        clientSecret: undefined,
        check: username === undefined ? 'the answers' : `the user ${username} and its password`,
        token: async (scope) =>
          (await deps.postedCredentials({ ...target, clientId, tokenFormat: format })).token({
            answers,
            redirectUri: redirectUri ?? `https://uaa.cloudfoundry.com/redirect/${clientId}`,
            scope,
          }),
      };
    },
    deps,
  );
}
