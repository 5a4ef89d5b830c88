import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { addBrowserOptions } from '../../session/browser-options.js';
import { addPortOption, tokenByBrowser, type PortFlags } from './browser.js';
import { fetchToken, type FetchDeps } from './fetch.js';
import { addKeepOptions, type FetchFlags } from './fetch-options.js';
import { usualClient } from './usual-client.js';

type Deps = FetchDeps & Pick<Services, 'browserLogin'>;

interface Flags extends FetchFlags, PortFlags {
  readonly client?: string;
}

export function define(command: Command, deps: Deps): void {
  addBrowserOptions(
    addPortOption(
      addKeepOptions(
        command.option('-c, --client <id>', `UAA client (${usualClient}) [TPKS_CLIENT_NAME]`),
      ),
    ),
  )
    .description(
      'Gets a token for whoever logs in to the UAA in a browser (implicit grant: no secret, and no ' +
        'renewal), and makes it the current context of the uaa commands. The client has to be ' +
        'registered with the redirect URI http://localhost:PORT/callback.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa token implicit get -c cf')
    .action((flags: Flags) => implicitGet(flags, deps));
}

/** Gets the token that a browser brings. */
export async function implicitGet(flags: Flags, deps: Deps): Promise<void> {
  await fetchToken(
    flags,
    (target) => {
      const clientId = flags.client ?? (deps.env['TPKS_CLIENT_NAME'] || usualClient);
      const client = { ...target, clientId, clientSecret: undefined, tokenFormat: flags.format };
      return Promise.resolve({
        grantLabel: 'implicit',
        grant: 'implicit',
        clientId,
        clientSecret: undefined,
        token: (scope) =>
          tokenByBrowser(
            {
              ...{ client, responseType: 'token', path: '/callback', scope },
              withoutBrowser: `tpks uaa token get --client ${clientId}`,
            },
            flags,
            deps,
          ),
      });
    },
    deps,
  );
}
