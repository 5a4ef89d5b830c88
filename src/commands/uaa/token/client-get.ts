import type { Command } from 'commander';
import { findClientId, findClientSecret } from './client-credentials.js';
import { getToken, type GetTokenDeps } from './get-token.js';
import { addGetTokenOptions, type GetTokenFlags } from './get-token-options.js';

export function define(command: Command, deps: GetTokenDeps): void {
  addGetTokenOptions(command.argument('[id]', 'UAA client, e.g. admin [TPKS_CLIENT_NAME]'))
    .description(
      'Get a token for a UAA client (client credentials) and make it the current context of the ' +
        'uaa commands. Prompts for missing values.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ tpks uaa token client get admin --secret-file admin.secret',
    )
    .action((id: string | undefined, flags: GetTokenFlags) => clientGet({ id, ...flags }, deps));
}

interface Input extends GetTokenFlags {
  readonly id?: string | undefined;
}

export async function clientGet(input: Input, deps: GetTokenDeps): Promise<void> {
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
