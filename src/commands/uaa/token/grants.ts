import { Option } from 'commander';
import { withUaaNames } from '../../completers.js';
import type { Leaf } from '../../command-table.js';
import { passwordStdinOption } from '../../session/login-options.js';
import { findPasscode } from '../../session/passcode.js';
import { withInputFile, withStdin } from '../../stdin-inputs.js';
import { readName } from '../objects.js';
import type { ResolvedTarget } from '../resolve-target.js';
import {
  addBrowserGrantOptions,
  addGetTokenOptions,
  addTokenOptions,
  type BrowserGrantFlags,
  defaultImplicitClient,
  findClient,
  findClientId,
  getToken,
  type GetTokenDeps,
  type GetTokenFlags,
  toBrowserOptions,
  toSecretInput,
} from './get-token.js';

export const client: Leaf = {
  description:
    'Get a token for a UAA client (client credentials grant), and use it for the uaa ' +
    'commands. Prompts for missing values.',
  examples: {
    'get a token for the client admin; prompts for the secret': 'tpks uaa token client get admin',
    'read the secret from stdin':
      'printf adminsecret | tpks uaa token client get admin --secret-file -',
  },
  define(command, deps: GetTokenDeps) {
    addGetTokenOptions(command.argument('[id]', 'UAA client, e.g. admin [TPKS_CLIENT_NAME]'))
      .addOption(
        withInputFile(
          new Option(
            '--key-file <path>',
            'use the private key in this file instead of a secret; - for stdin [TPKS_CLIENT_KEY_FILE]',
          ).conflicts(['secret', 'secretFile', 'saveSecret']),
        ),
      )
      .action((id: string | undefined, flags: GetTokenFlags) =>
        getClientToken({ id, ...flags }, deps),
      );
  },
};

export function getClientToken(
  input: GetTokenFlags & { readonly id?: string | undefined },
  deps: GetTokenDeps,
): Promise<void> {
  const findCredentials = async ({ api, uaa }: ResolvedTarget) => {
    const grant = { kind: 'client_credentials' } as const;
    const clientId = await findClientId(input.id, deps);
    const recipient = { name: clientId, api, uaa };
    const clientKey = await deps.secrets.findClientKey({
      file: input.keyFile,
      fileFlag: '--key-file',
      isSecretGiven: (input.secret ?? input.secretFile) !== undefined,
      recipient,
    });
    if (clientKey !== undefined) return { clientId, clientSecret: undefined, clientKey, grant };
    return {
      clientId,
      clientSecret: await deps.secrets.find(toSecretInput(recipient, input)),
      grant,
    };
  };
  return getToken(input, findCredentials, deps);
}

interface OwnerFlags extends GetTokenFlags {
  readonly client?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string;
  readonly passwordStdin?: true;
}

export const owner: Leaf = {
  description:
    'Get a token for a user with the password grant, and use it for the uaa commands. The client ' +
    'must allow this grant. Prompts for missing values.',
  examples: {
    'get a token for alana with the client pks_cli': "tpks uaa token owner get pks_cli alana -s ''",
  },
  define(command, deps: GetTokenDeps) {
    addGetTokenOptions(
      command
        .argument('[client]', 'UAA client, e.g. pks_cli [TPKS_CLIENT_NAME]')
        .argument('[user]', 'username [TPKS_USERNAME]')
        .option('-p, --password <password>', 'password (visible to other users of this machine)')
        .addOption(passwordStdinOption().conflicts('password')),
    ).action((client: string | undefined, user: string | undefined, flags: OwnerFlags) =>
      getOwnerToken({ client, user, ...flags }, deps),
    );
  },
};

export function getOwnerToken(input: OwnerFlags, deps: GetTokenDeps): Promise<void> {
  const findCredentials = async (target: ResolvedTarget) => {
    const client = await findClient(input.client, target, input, deps);
    const hint = 'pass the username as the second argument, or set TPKS_USERNAME';
    const username = await readName(
      input.user ?? deps.env.TPKS_USERNAME,
      { label: 'User name', hint },
      deps.terminal,
    );
    const password = await deps.secrets.find({
      value: input.password,
      valueFlag: '--password',
      file: input.passwordStdin && '-',
      fileFlag: '--password-stdin',
      variable: 'TPKS_PASSWORD',
      recipient: { name: username, api: target.api, uaa: target.uaa },
      prompt: 'Password: ',
      rejectEmpty: true,
    });
    return { ...client, grant: { kind: 'password', username, password } as const };
  };
  return getToken(input, findCredentials, deps);
}

interface SsoFlags extends GetTokenFlags {
  readonly passcode?: string;
}

export const sso: Leaf = {
  description:
    'Get a token with a one-time code, and use it for the uaa commands. To get a code, log in to ' +
    'the /passcode page of the UAA in a browser. Prompts for missing values.',
  examples: {
    'get a token with a one-time code; prompts for the code':
      "tpks uaa token sso get pks_cli -s ''",
  },
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
    ).action((client: string | undefined, flags: SsoFlags) =>
      getSsoToken({ client, ...flags }, deps),
    );
  },
};

export function getSsoToken(
  input: SsoFlags & { readonly client?: string | undefined },
  deps: GetTokenDeps,
): Promise<void> {
  const findCredentials = async (target: ResolvedTarget) => {
    const client = await findClient(input.client, target, input, deps);
    const page = `${target.uaa}/passcode`;
    const passcode = await findPasscode(
      {
        flagValue: input.passcode,
        passcodeUrl: page,
        createPrompt: () => ({ prompt: `Passcode ( from ${page} ): ` }),
        flag: '--passcode',
      },
      deps.terminal,
    );
    return { ...client, grant: { kind: 'passcode', passcode } as const };
  };
  return getToken(input, findCredentials, deps);
}

interface BrowserFlags extends GetTokenFlags, BrowserGrantFlags {
  readonly client?: string;
}

export const authcode: Leaf = {
  description:
    'Get a token for a user who logs in to the UAA in a browser (authorization code grant with ' +
    'PKCE), and use it for the uaa commands. Without --secret, the client is treated ' +
    'as a public client. It must be registered with the redirect URI ' +
    'http://localhost:PORT/authcode.',
  examples: {
    'get a token for the client pks_cli; opens the browser':
      "tpks uaa token authcode get -c pks_cli -s ''",
  },
  define(command, deps: GetTokenDeps) {
    addBrowserGrantOptions(
      addGetTokenOptions(
        command.addOption(
          withUaaNames(new Option('-c, --client <id>', 'UAA client [TPKS_CLIENT_NAME]'), 'clients'),
        ),
      ),
    ).action((flags: BrowserFlags) => getAuthcodeToken(flags, deps));
  },
};

export function getAuthcodeToken(flags: BrowserFlags, deps: GetTokenDeps): Promise<void> {
  const findCredentials = async ({ api, uaa }: ResolvedTarget) => {
    const clientId = await findClientId(flags.client, deps, 'use --client');
    const recipient = { name: clientId, api, uaa };
    const clientSecret = await deps.secrets.findWithoutPrompt(toSecretInput(recipient, flags));
    const browser = toBrowserOptions(flags, deps, {
      path: '/authcode',
      browserlessCommand: `tpks uaa token sso get ${clientId}`,
    });
    return { clientId, clientSecret, grant: { kind: 'authorization_code', browser } as const };
  };
  return getToken(flags, findCredentials, deps);
}

export const implicit: Leaf = {
  description:
    'Get a token for a user who logs in to the UAA in a browser (implicit grant), and use it ' +
    'for the uaa commands. The client needs no secret, and the token cannot be renewed. ' +
    'The client must be registered with the redirect URI http://localhost:PORT/callback.',
  examples: {
    'get a token for the client cf; opens the browser': 'tpks uaa token implicit get -c cf',
  },
  define(command, deps: GetTokenDeps) {
    addBrowserGrantOptions(
      addTokenOptions(
        command.option(
          '-c, --client <id>',
          `UAA client (default: ${defaultImplicitClient}) [TPKS_CLIENT_NAME]`,
        ),
      ),
    ).action((flags: BrowserFlags) => getImplicitToken(flags, deps));
  },
};

export function getImplicitToken(flags: BrowserFlags, deps: GetTokenDeps): Promise<void> {
  const findCredentials = () => {
    const clientId = flags.client ?? deps.env.TPKS_CLIENT_NAME ?? defaultImplicitClient;
    const browser = toBrowserOptions(flags, deps, {
      path: '/callback',
      browserlessCommand: `tpks uaa token get --client ${clientId}`,
    });
    const grant = { kind: 'implicit', browser } as const;
    return { clientId, clientSecret: undefined, grant };
  };
  return getToken(flags, findCredentials, deps);
}
