import { Option, type Command } from 'commander';
import { TpksError } from '../../../errors.js';
import { nameOrAsk } from '../name.js';
import { findClientId, findClientSecret } from './client-credentials.js';
import { fetchToken, type FetchDeps } from './fetch.js';
import { addFetchOptions, type FetchFlags } from './fetch-options.js';

interface Flags extends FetchFlags {
  readonly password?: string;
  readonly passwordStdin?: true;
}

export function define(command: Command, deps: FetchDeps): void {
  addFetchOptions(
    command
      .argument('[client]', 'UAA client, e.g. pks_cli [TPKS_CLIENT_NAME]')
      .argument('[user]', 'user name [TPKS_USERNAME]')
      .option('-p, --password <password>', 'the user’s password (others may see it)')
      .addOption(
        new Option('--password-stdin', 'read it from stdin [TPKS_PASSWORD]').conflicts('password'),
      ),
  )
    .description(
      'Gets a token for a user through a client (password grant) and makes it the current context ' +
        'of the uaa commands. What is missing is asked for.',
    )
    .addHelpText('after', "\nExample:\n  $ tpks uaa token owner get pks_cli alana -s ''")
    .action((client: string | undefined, user: string | undefined, flags: Flags) =>
      ownerGet({ client, user, ...flags }, deps),
    );
}

interface Input extends Flags {
  readonly client?: string | undefined;
  readonly user?: string | undefined;
}

/** Gets a token for a user. */
export async function ownerGet(input: Input, deps: FetchDeps): Promise<void> {
  const { terminal, env } = deps;
  if (input.passwordStdin === true && input.secretFile === '-') {
    throw new TpksError('usage', 'Both the secret and the password are to come from stdin', {
      hint: 'give one of them in a file or a variable',
    });
  }
  await fetchToken(
    input,
    async (target) => {
      const clientId = await findClientId(input.client, deps);
      const clientSecret = await findClientSecret(
        { name: clientId, api: target.api, uaa: target.uaa },
        input,
        deps,
      );
      const insteadUse = 'give the user as the second argument, or TPKS_USERNAME';
      const named = env['TPKS_USERNAME'] || undefined;
      const question = { prompt: 'User name: ', insteadUse };
      const username = await nameOrAsk(input.user ?? named, question, terminal);
      const password = await (
        await deps.secrets()
      ).find({
        value: input.password,
        valueFlag: '--password',
        file: input.passwordStdin && '-',
        fileFlag: '--password-stdin',
        variable: 'TPKS_PASSWORD',
        recipient: { name: username, api: target.api, uaa: target.uaa },
        prompt: 'Password: ',
        refuseEmpty: true,
      });
      return {
        grantLabel: 'owner password',
        grant: 'password',
        identity: username,
        clientId,
        clientSecret,
        check: `the user ${username} and its password`,
        token: async (scope) => {
          const client = { ...target, clientId, clientSecret, tokenFormat: input.format };
          return (await deps.grants(client)).password({ username, password, scope });
        },
      };
    },
    deps,
  );
}
