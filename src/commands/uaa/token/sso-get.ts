import type { Command } from 'commander';
import { findPasscode } from '../../session/passcode.js';
import { findClientId, findClientSecret } from './client-credentials.js';
import { fetchToken, type FetchDeps } from './fetch.js';
import { addFetchOptions, type FetchFlags } from './fetch-options.js';

interface Flags extends FetchFlags {
  readonly passcode?: string;
}

export function define(command: Command, deps: FetchDeps): void {
  addFetchOptions(
    command
      .argument('[client]', 'UAA client, e.g. pks_cli [TPKS_CLIENT_NAME]')
      .option('--passcode <code>', 'the code from the UAA’s page /passcode; - is stdin'),
  )
    .description(
      'Gets a token for whoever is logged in to the UAA in a browser, for a one-time code that its ' +
        'page /passcode shows, and makes it the current context of the uaa commands.',
    )
    .addHelpText('after', "\nExample:\n  $ tpks uaa token sso get pks_cli -s ''")
    .action((client: string | undefined, flags: Flags) => ssoGet({ client, ...flags }, deps));
}

interface Input extends Flags {
  readonly client?: string | undefined;
}

/** Gets a token for a one-time code. */
export async function ssoGet(input: Input, deps: FetchDeps): Promise<void> {
  await fetchToken(
    input,
    async (target) => {
      const clientId = await findClientId(input.client, deps);
      const clientSecret = await findClientSecret(
        { name: clientId, api: target.api, uaa: target.uaa },
        input,
        deps,
      );
      const page = `${target.uaa}/passcode`;
      const passcode = await findPasscode(
        {
          typed: input.passcode,
          page,
          question: () => Promise.resolve({ prompt: `Passcode ( from ${page} ): ` }),
          flag: '--passcode',
        },
        deps.terminal,
      );
      return {
        grantLabel: 'owner passcode',
        grant: 'passcode',
        clientId,
        clientSecret,
        check: `the code, which works once and for five minutes (${page})`,
        token: async (scope) => {
          const client = { ...target, clientId, clientSecret, tokenFormat: input.format };
          return (await deps.grants(client)).passcode({ passcode, scope });
        },
      };
    },
    deps,
  );
}
