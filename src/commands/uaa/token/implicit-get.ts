import type { Command } from 'commander';
import { defaultImplicitClient } from './client-credentials.js';
import { getToken, type GetTokenDeps } from './get-token.js';
import {
  addPortOptions,
  addKeepOptions,
  uaaBrowserGrant,
  type GetTokenFlags,
  type PortFlags,
} from './get-token-options.js';

interface Flags extends GetTokenFlags, PortFlags {
  readonly client?: string;
}

export function define(command: Command, deps: GetTokenDeps): void {
  addPortOptions(
    addKeepOptions(
      command.option(
        '-c, --client <id>',
        `UAA client (${defaultImplicitClient}) [TPKS_CLIENT_NAME]`,
      ),
    ),
  )
    .description(
      'Get a token for a user who logs in to the UAA in a browser (implicit grant: no secret and no ' +
        'renewal), and make it the current context of the uaa commands. The client must be ' +
        'registered with the redirect URI http://localhost:PORT/callback.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa token implicit get -c cf')
    .action((flags: Flags) => implicitGet(flags, deps));
}

export async function implicitGet(flags: Flags, deps: GetTokenDeps): Promise<void> {
  await getToken(
    flags,
    () => {
      const clientId = flags.client ?? deps.env.TPKS_CLIENT_NAME ?? defaultImplicitClient;
      const browser = uaaBrowserGrant(flags, deps, {
        path: '/callback',
        withoutBrowser: `tpks uaa token get --client ${clientId}`,
      });
      const grant = { kind: 'implicit', browser } as const;
      return Promise.resolve({ clientId, clientSecret: undefined, grant });
    },
    deps,
  );
}
