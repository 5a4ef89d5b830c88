import { Option, type Command } from 'commander';
import { withUaaNames } from '../../name-completion.js';
import { findClientId, findClientSecretWithoutPrompt } from './client-credentials.js';
import { getToken, type GetTokenDeps } from './get-token.js';
import {
  addGetTokenOptions,
  addBrowserGrantOptions,
  toBrowserOptions,
  type GetTokenFlags,
  type BrowserGrantFlags,
} from './get-token-options.js';

interface Flags extends GetTokenFlags, BrowserGrantFlags {
  readonly client?: string;
}

export function define(command: Command, deps: GetTokenDeps): void {
  addBrowserGrantOptions(
    addGetTokenOptions(
      command.addOption(
        withUaaNames(new Option('-c, --client <id>', 'UAA client [TPKS_CLIENT_NAME]'), 'clients'),
      ),
    ),
  )
    .description(
      'Get a token for a user who logs in to the UAA in a browser (authorization code grant with ' +
        'PKCE), and use it for the uaa commands. Without --secret, the client is treated ' +
        'as a public client. It must be registered with the redirect URI ' +
        'http://localhost:PORT/authcode.',
    )
    .addHelpText('after', "\nExample:\n  $ tpks uaa token authcode get -c pks_cli -s ''")
    .action((flags: Flags) => getAuthcodeToken(flags, deps));
}

export async function getAuthcodeToken(flags: Flags, deps: GetTokenDeps): Promise<void> {
  await getToken(
    flags,
    async ({ api, uaa }) => {
      const clientId = await findClientId(flags.client, deps, 'use --client');
      const clientSecret = await findClientSecretWithoutPrompt(
        { name: clientId, api, uaa },
        flags,
        deps,
      );
      const browser = toBrowserOptions(flags, deps, {
        path: '/authcode',
        browserlessCommand: `tpks uaa token sso get ${clientId}`,
      });
      return { clientId, clientSecret, grant: { kind: 'authorization_code', browser } };
    },
    deps,
  );
}
