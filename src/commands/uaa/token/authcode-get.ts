import type { Command } from 'commander';
import { findClientId, givenClientSecret } from './client-credentials.js';
import { getToken, type GetTokenDeps } from './get-token.js';
import {
  addGetTokenOptions,
  addPortOptions,
  uaaBrowserGrant,
  type GetTokenFlags,
  type PortFlags,
} from './get-token-options.js';

interface Flags extends GetTokenFlags, PortFlags {
  readonly client?: string;
}

export function define(command: Command, deps: GetTokenDeps): void {
  addPortOptions(
    addGetTokenOptions(command.option('-c, --client <id>', 'UAA client [TPKS_CLIENT_NAME]')),
  )
    .description(
      'Get a token for a user who logs in to the UAA in a browser (authorization code with PKCE), ' +
        'and make it the current context of the uaa commands. A client without --secret is a public ' +
        'client. It must be registered with the redirect URI http://localhost:PORT/authcode.',
    )
    .addHelpText('after', "\nExample:\n  $ tpks uaa token authcode get -c pks_cli -s ''")
    .action((flags: Flags) => authcodeGet(flags, deps));
}

export async function authcodeGet(flags: Flags, deps: GetTokenDeps): Promise<void> {
  await getToken(
    flags,
    async ({ api, uaa }) => {
      const clientId = await findClientId(flags.client, deps, 'with --client');
      const clientSecret = await givenClientSecret({ name: clientId, api, uaa }, flags, deps);
      const browser = uaaBrowserGrant(flags, deps, {
        path: '/authcode',
        withoutBrowser: `tpks uaa token sso get ${clientId}`,
      });
      return { clientId, clientSecret, grant: { kind: 'authorization_code', browser } };
    },
    deps,
  );
}
