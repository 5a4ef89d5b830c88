import { Option, type Command } from 'commander';
import { withStdin } from '../../stdin-inputs.js';
import { readName } from '../inputs.js';
import { findClientId, findClientSecret } from './client-credentials.js';
import { getToken, type GetTokenDeps } from './get-token.js';
import { addGetTokenOptions, type GetTokenFlags } from './get-token-options.js';

interface Flags extends GetTokenFlags {
  readonly password?: string;
  readonly passwordStdin?: true;
}

export function define(command: Command, deps: GetTokenDeps): void {
  addGetTokenOptions(
    command
      .argument('[client]', 'UAA client, e.g. pks_cli [TPKS_CLIENT_NAME]')
      .argument('[user]', 'username [TPKS_USERNAME]')
      .option('-p, --password <password>', 'password (visible to other users of this machine)')
      .addOption(
        withStdin(
          new Option('--password-stdin', 'read the password from stdin [TPKS_PASSWORD]').conflicts(
            'password',
          ),
          true,
        ),
      ),
  )
    .description(
      'Get a token for a user through a client (password grant), and use it for the uaa ' +
        'commands. Prompts for missing values.',
    )
    .addHelpText('after', "\nExample:\n  $ tpks uaa token owner get pks_cli alana -s ''")
    .action((client: string | undefined, user: string | undefined, flags: Flags) =>
      getOwnerToken({ client, user, ...flags }, deps),
    );
}

interface Input extends Flags {
  readonly client?: string | undefined;
  readonly user?: string | undefined;
}

export async function getOwnerToken(input: Input, deps: GetTokenDeps): Promise<void> {
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
