import { Option, type Command } from 'commander';
import { findPasscode } from '../../session/passcode.js';
import { withStdin } from '../../stdin-inputs.js';
import { findClientId, findClientSecret } from './client-credentials.js';
import { getToken, type GetTokenDeps } from './get-token.js';
import { addGetTokenOptions, type GetTokenFlags } from './get-token-options.js';

interface Flags extends GetTokenFlags {
  readonly passcode?: string;
}

export function define(command: Command, deps: GetTokenDeps): void {
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
    .action((client: string | undefined, flags: Flags) => getSsoToken({ client, ...flags }, deps));
}

interface Input extends Flags {
  readonly client?: string | undefined;
}

export async function getSsoToken(input: Input, deps: GetTokenDeps): Promise<void> {
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
