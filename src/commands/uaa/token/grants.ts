import { Option } from 'commander';
import type { Services } from '../../../services.js';
import { createInfoEndpoint } from '../../../uaa/info.js';
import type { Leaf } from '../../contents.js';
import { withUaaNames } from '../../name-completion.js';
import { findPasscode } from '../../session/passcode.js';
import { withStdin } from '../../stdin-inputs.js';
import { readName } from '../inputs.js';
import {
  defaultImplicitClient,
  findClientId,
  findClientSecret,
  findClientSecretWithoutPrompt,
} from './get-token.js';
import {
  addBrowserGrantOptions,
  addGetTokenOptions,
  addTokenOptions,
  type BrowserGrantFlags,
  type GetTokenFlags,
  toBrowserOptions,
} from './get-token.js';
import { getToken, type GetTokenDeps } from './get-token.js';
import { collectAnswers } from './prompt-answers.js';

export const client: Leaf = {
  define(command, deps: GetTokenDeps) {
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
  },
};

interface ClientInput extends GetTokenFlags {
  readonly id?: string | undefined;
}

export async function getClientToken(input: ClientInput, deps: GetTokenDeps): Promise<void> {
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

interface OwnerFlags extends GetTokenFlags {
  readonly password?: string;
  readonly passwordStdin?: true;
}

export const owner: Leaf = {
  define(command, deps: GetTokenDeps) {
    addGetTokenOptions(
      command
        .argument('[client]', 'UAA client, e.g. pks_cli [TPKS_CLIENT_NAME]')
        .argument('[user]', 'username [TPKS_USERNAME]')
        .option('-p, --password <password>', 'password (visible to other users of this machine)')
        .addOption(
          withStdin(
            new Option(
              '--password-stdin',
              'read the password from stdin [TPKS_PASSWORD]',
            ).conflicts('password'),
            true,
          ),
        ),
    )
      .description(
        'Get a token for a user through a client (password grant), and use it for the uaa ' +
          'commands. Prompts for missing values.',
      )
      .addHelpText('after', "\nExample:\n  $ tpks uaa token owner get pks_cli alana -s ''")
      .action((client: string | undefined, user: string | undefined, flags: OwnerFlags) =>
        getOwnerToken({ client, user, ...flags }, deps),
      );
  },
};

interface OwnerInput extends OwnerFlags {
  readonly client?: string | undefined;
  readonly user?: string | undefined;
}

export async function getOwnerToken(input: OwnerInput, deps: GetTokenDeps): Promise<void> {
  const { terminal, env } = deps;
  await getToken(
    input,
    async ({ api, uaa }) => {
      const clientId = await findClientId(input.client, deps);
      const clientSecret = await findClientSecret({ name: clientId, api, uaa }, input, deps);
      const hint = 'pass the username as the second argument, or set TPKS_USERNAME';
      const username = await readName(
        input.user ?? env.TPKS_USERNAME,
        { message: 'User name: ', hint },
        terminal,
      );
      const secrets = await deps.secrets();
      const password = await secrets.find({
        value: input.password,
        valueFlag: '--password',
        file: input.passwordStdin && '-',
        fileFlag: '--password-stdin',
        variable: 'TPKS_PASSWORD',
        recipient: { name: username, api, uaa },
        prompt: 'Password: ',
        rejectEmpty: true,
      });
      return { clientId, clientSecret, grant: { kind: 'password', username, password } };
    },
    deps,
  );
}

interface SsoFlags extends GetTokenFlags {
  readonly passcode?: string;
}

export const sso: Leaf = {
  define(command, deps: GetTokenDeps) {
    addGetTokenOptions(
      command
        .argument('[client]', 'UAA client, e.g. pks_cli [TPKS_CLIENT_NAME]')
        .addOption(
          withStdin(
            new Option(
              '--passcode <code>',
              'one-time code from the /passcode page of the UAA; - for stdin',
            ),
          ),
        ),
    )
      .description(
        'Get a token with a one-time code, and use it for the uaa commands. To get a code, log in to ' +
          'the /passcode page of the UAA in a browser. Prompts for missing values.',
      )
      .addHelpText('after', "\nExample:\n  $ tpks uaa token sso get pks_cli -s ''")
      .action((client: string | undefined, flags: SsoFlags) =>
        getSsoToken({ client, ...flags }, deps),
      );
  },
};

interface SsoInput extends SsoFlags {
  readonly client?: string | undefined;
}

export async function getSsoToken(input: SsoInput, deps: GetTokenDeps): Promise<void> {
  await getToken(
    input,
    async ({ api, uaa }) => {
      const clientId = await findClientId(input.client, deps);
      const clientSecret = await findClientSecret({ name: clientId, api, uaa }, input, deps);
      const page = `${uaa}/passcode`;
      const passcode = await findPasscode(
        {
          flagValue: input.passcode,
          passcodeUrl: page,
          createPrompt: () => Promise.resolve({ prompt: `Passcode ( from ${page} ): ` }),
          flag: '--passcode',
        },
        deps.terminal,
      );
      return { clientId, clientSecret, grant: { kind: 'passcode', passcode } };
    },
    deps,
  );
}

interface AuthcodeFlags extends GetTokenFlags, BrowserGrantFlags {
  readonly client?: string;
}

export const authcode: Leaf = {
  define(command, deps: GetTokenDeps) {
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
      .action((flags: AuthcodeFlags) => getAuthcodeToken(flags, deps));
  },
};

export async function getAuthcodeToken(flags: AuthcodeFlags, deps: GetTokenDeps): Promise<void> {
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

interface ImplicitFlags extends GetTokenFlags, BrowserGrantFlags {
  readonly client?: string;
}

export const implicit: Leaf = {
  define(command, deps: GetTokenDeps) {
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
      .action((flags: ImplicitFlags) => getImplicitToken(flags, deps));
  },
};

export async function getImplicitToken(flags: ImplicitFlags, deps: GetTokenDeps): Promise<void> {
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

type PromptedDeps = GetTokenDeps & Pick<Services, 'publicUaaResource'>;

interface PromptedFlags extends GetTokenFlags {
  readonly client?: string;
  readonly redirectUri?: string;
  readonly passwordStdin?: true;
}

export const get: Leaf = {
  define(command, deps: PromptedDeps) {
    addTokenOptions(
      command
        .argument('[credentials...]', 'values for the prompts, in the order of `tpks uaa prompts`')
        .option(
          '-c, --client <id>',
          `UAA client (default: ${defaultImplicitClient}) [TPKS_CLIENT_NAME]`,
        )
        .addOption(
          withStdin(
            new Option('--password-stdin', 'read the password from stdin [TPKS_PASSWORD]'),
            true,
          ),
        )
        .option(
          '--redirect-uri <uri>',
          'redirect URI that the client is registered with; never opened ' +
            '(default: https://uaa.cloudfoundry.com/redirect/CLIENT)',
        ),
    )
      .description(
        'Get a token with the values that the UAA prompts for, usually username and password, and use ' +
          'it for the uaa commands. Uses the implicit grant without a browser: the client ' +
          'needs no secret, and the token cannot be renewed. Prompts for missing values with the ' +
          'labels of the UAA.',
      )
      .addHelpText('after', '\nExample:\n  $ tpks uaa token get cody')
      .action((credentials: string[], flags: PromptedFlags) =>
        getPromptedToken({ credentials, ...flags }, deps),
      );
  },
};

interface PromptedInput extends PromptedFlags {
  readonly credentials: readonly string[];
}

export async function getPromptedToken(input: PromptedInput, deps: PromptedDeps): Promise<void> {
  await getToken(
    input,
    async (target) => {
      const clientId = input.client ?? deps.env.TPKS_CLIENT_NAME ?? defaultImplicitClient;
      const { prompts } = await (await deps.publicUaaResource(createInfoEndpoint, target)).get();
      const { username, answers } = await collectAnswers(prompts, { ...input, target }, deps);
      const redirectUri = input.redirectUri ?? `https://uaa.cloudfoundry.com/redirect/${clientId}`;
      return {
        clientId,
        clientSecret: undefined,
        grant: { kind: 'posted_credentials', username, promptValues: answers, redirectUri },
      };
    },
    deps,
  );
}
