import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { addBrowserOptions } from '../../session/browser-options.js';
import { addPortOption, tokenByBrowser, type PortFlags } from './browser.js';
import { findClientId, givenClientSecret } from './client-credentials.js';
import { fetchToken, type FetchDeps } from './fetch.js';
import { addFetchOptions, type FetchFlags } from './fetch-options.js';

type Deps = FetchDeps & Pick<Services, 'browserLogin'>;

interface Flags extends FetchFlags, PortFlags {
  readonly client?: string;
}

export function define(command: Command, deps: Deps): void {
  addBrowserOptions(
    addPortOption(
      addFetchOptions(command.option('-c, --client <id>', 'UAA client [TPKS_CLIENT_NAME]')),
    ),
  )
    .description(
      'Gets a token for whoever logs in to the UAA in a browser (authorization code, with PKCE), and ' +
        'makes it the current context of the uaa commands. A client without --secret is a public ' +
        'one. It has to be registered with the redirect URI http://localhost:PORT/authcode.',
    )
    .addHelpText('after', "\nExample:\n  $ tpks uaa token authcode get -c pks_cli -s ''")
    .action((flags: Flags) => authcodeGet(flags, deps));
}

/** Gets a token for the code that a browser brings. */
export async function authcodeGet(flags: Flags, deps: Deps): Promise<void> {
  await fetchToken(
    flags,
    async (target) => {
      const clientId = await findClientId(flags.client, deps, 'with --client');
      const clientSecret = await givenClientSecret(
        { name: clientId, api: target.api, uaa: target.uaa },
        flags,
        deps,
      );
      const client = { ...target, clientId, clientSecret, tokenFormat: flags.format };
      return {
        grantLabel: 'authorization code',
        grant: 'authorization_code',
        clientId,
        clientSecret,
        token: (scope) =>
          tokenByBrowser(
            {
              ...{ client, responseType: 'code', path: '/authcode', scope },
              withoutBrowser: `tpks uaa token sso get ${clientId}`,
            },
            flags,
            deps,
          ),
      };
    },
    deps,
  );
}
