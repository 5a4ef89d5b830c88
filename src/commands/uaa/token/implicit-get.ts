import type { Command } from 'commander';
import { defaultImplicitClient } from './client-credentials.js';
import { getToken, type GetTokenDeps } from './get-token.js';
import {
  addBrowserGrantOptions,
  addTokenOptions,
  toBrowserOptions,
  type GetTokenFlags,
  type BrowserGrantFlags,
} from './get-token-options.js';

interface Flags extends GetTokenFlags, BrowserGrantFlags {
  readonly client?: string;
}

export function define(command: Command, deps: GetTokenDeps): void {
  addBrowserGrantOptions(
    addTokenOptions(
      command.option(
        '-c, --client <id>',
        `UAA client (default: ${defaultImplicitClient}) [TPKS_CLIENT_NAME]`,
      ),
    ),
  )
    .description(
      'Get a token for a user who logs in to the UAA in a browser (implicit grant), and use it ' +
        'for the uaa commands. The client needs no secret, and the token cannot be renewed. ' +
        'The client must be registered with the redirect URI http://localhost:PORT/callback.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa token implicit get -c cf')
    .action((flags: Flags) => getImplicitToken(flags, deps));
}

export async function getImplicitToken(flags: Flags, deps: GetTokenDeps): Promise<void> {
  await getToken(
    flags,
    () => {
      const clientId = flags.client ?? deps.env.TPKS_CLIENT_NAME ?? defaultImplicitClient;
      const browser = toBrowserOptions(flags, deps, {
        path: '/callback',
        browserlessCommand: `tpks uaa token get --client ${clientId}`,
      });
      const grant = { kind: 'implicit', browser } as const;
      return Promise.resolve({ clientId, clientSecret: undefined, grant });
    },
    deps,
  );
}
