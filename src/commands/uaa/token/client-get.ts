import type { Command } from 'commander';
import { findClientId, findClientSecret } from './client-credentials.js';
import { fetchToken, type FetchDeps } from './fetch.js';
import { addFetchOptions, type FetchFlags } from './fetch-options.js';

export function define(command: Command, deps: FetchDeps): void {
  addFetchOptions(command.argument('[id]', 'UAA client, e.g. admin [TPKS_CLIENT_NAME]'))
    .description(
      'Gets a token for a UAA client (client credentials) and makes it the current context of the ' +
        'uaa commands. What is missing is asked for.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ tpks uaa token client get admin --secret-file admin.secret',
    )
    .action((id: string | undefined, flags: FetchFlags) => clientGet({ id, ...flags }, deps));
}

interface Input extends FetchFlags {
  readonly id?: string | undefined;
}

/** Gets a token for a client. */
export async function clientGet(input: Input, deps: FetchDeps): Promise<void> {
  await fetchToken(
    input,
    async (target) => {
      const clientId = await findClientId(input.id, deps);
      const clientSecret = await findClientSecret(
        { name: clientId, api: target.api, uaa: target.uaa },
        input,
        deps,
      );
      return {
        grantLabel: 'client credentials',
        grant: 'client_credentials',
        identity: clientId,
        clientId,
        clientSecret,
        token: async (scope) => {
          const client = { ...target, clientId, clientSecret, tokenFormat: input.format };
          return (await deps.grants(client)).clientCredentials({ scope });
        },
      };
    },
    deps,
  );
}
