import type { Command } from 'commander';
import { findClientId, findClientSecret } from './client-credentials.js';
import { getToken, type GetTokenDeps } from './get-token.js';
import { addGetTokenOptions, type GetTokenFlags } from './get-token-options.js';

export function define(command: Command, deps: GetTokenDeps): void {
  addGetTokenOptions(command.argument('[id]', 'UAA client, e.g. admin [TPKS_CLIENT_NAME]'))
    .description(
      'Get a token for a UAA client (client credentials grant), and use it for the uaa ' +
        'commands. Prompts for missing values.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks uaa token client get admin\n' +
        '  $ printf adminsecret | tpks uaa token client get admin --secret-file -',
    )
    .action((id: string | undefined, flags: GetTokenFlags) =>
      getClientToken({ id, ...flags }, deps),
    );
}

interface Input extends GetTokenFlags {
  readonly id?: string | undefined;
}

export async function getClientToken(input: Input, deps: GetTokenDeps): Promise<void> {
  await getToken(
    input,
    async ({ api, uaa }) => {
      const clientId = await findClientId(input.id, deps);
      const clientSecret = await findClientSecret({ name: clientId, api, uaa }, input, deps);
      return { clientId, clientSecret, grant: { kind: 'client_credentials' } };
    },
    deps,
  );
}
