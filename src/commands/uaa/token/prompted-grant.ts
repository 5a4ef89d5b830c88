import { readInfo, type UaaInfo } from '../../../api/uaa/info.js';
import type { Services } from '../../../app/services.js';
import { TpksError } from '../../../base/errors.js';
import { Secret } from '../../../base/secret.js';
import type { Leaf } from '../../command-table.js';
import { passwordStdinOption } from '../../session/login-options.js';
import { formatPromptLabel } from '../../session/passcode.js';
import type { ResolvedTarget } from '../resolve-target.js';
import {
  addTokenOptions,
  defaultImplicitClient,
  getToken,
  type GetTokenDeps,
  type GetTokenFlags,
} from './get-token.js';

type PromptedDeps = GetTokenDeps & Pick<Services, 'publicUaaRequest'>;

interface PromptedFlags extends GetTokenFlags {
  readonly client?: string;
  readonly redirectUri?: string;
  readonly passwordStdin?: true;
}

export const get: Leaf = {
  description:
    'Get a token by answering the login prompts of the UAA, usually username and password, and use ' +
    'it for the uaa commands. Uses the implicit grant without a browser: the client needs no ' +
    'secret, and the token cannot be renewed. Prompts for missing values.',
  examples: {
    'get a token for cody; prompts for the password': 'tpks uaa token get cody',
  },
  define(command, deps: PromptedDeps) {
    addTokenOptions(
      command
        .argument('[credentials...]', 'values for the prompts, in the order of `tpks uaa prompts`')
        .option(
          '-c, --client <id>',
          `UAA client (default: ${defaultImplicitClient}) [TPKS_CLIENT_NAME]`,
        )
        .addOption(passwordStdinOption())
        .option(
          '--redirect-uri <uri>',
          'redirect URI registered for the client; never opened ' +
            '(default: https://uaa.cloudfoundry.com/redirect/CLIENT)',
        ),
    ).action((credentials: string[], flags: PromptedFlags) =>
      getPromptedToken({ credentials, ...flags }, deps),
    );
  },
};

interface PromptedInput extends PromptedFlags {
  readonly credentials: readonly string[];
}

export function getPromptedToken(input: PromptedInput, deps: PromptedDeps): Promise<void> {
  const findCredentials = async (target: ResolvedTarget) => {
    const clientId = input.client ?? deps.env.TPKS_CLIENT_NAME ?? defaultImplicitClient;
    const { prompts } = await deps.publicUaaRequest(readInfo, target);
    const { username, answers } = await collectAnswers(prompts, input, target, deps);
    const redirectUri = input.redirectUri ?? `https://uaa.cloudfoundry.com/redirect/${clientId}`;
    const kind = 'posted_credentials' as const;
    const grant = { kind, username, promptValues: answers, redirectUri };
    return { clientId, clientSecret: undefined, grant };
  };
  return getToken(input, findCredentials, deps);
}

/**
 * Collects an answer for each prompt, in the server's order and with the server's labels. Empty answers
 * are omitted, except for username and password: a passcode replaces both.
 * @returns the answers by name of the prompt; those to prompts with hidden input are secrets.
 * @throws {TpksError} `usage` if there are more answers than prompts, if the username or the password
 *   is empty, or if one of them is missing and the user cannot be prompted.
 */
async function collectAnswers(
  prompts: UaaInfo['prompts'],
  { credentials, passwordStdin }: PromptedInput,
  { api, uaa }: ResolvedTarget,
  { terminal, env, secrets }: PromptedDeps,
) {
  const hint = `pass the values as arguments, in this order: ${Object.keys(prompts).join(', ')}`;
  if (credentials.length > Object.keys(prompts).length) {
    throw new TpksError('usage', 'Too many arguments for the prompts of the UAA', { hint });
  }
  const answers = new Map<string, string | Secret>();
  let username: string | undefined;
  for (const [index, [name, [type, label]]] of Object.entries(prompts).entries()) {
    const argument = credentials[index];
    const message = `${formatPromptLabel(label, uaa)}: `;
    if (name === 'username') {
      username = argument ?? env.TPKS_USERNAME ?? (await terminal.prompt({ message, hint }));
      if (username.trim() === '') throw new TpksError('usage', 'The username is empty', { hint });
      answers.set(name, username);
    } else if (name === 'password') {
      const password = await secrets.find({
        value: argument,
        valueFlag: 'the username',
        file: passwordStdin && '-',
        fileFlag: '--password-stdin',
        variable: 'TPKS_PASSWORD',
        recipient: { name: username ?? '', api, uaa },
        prompt: message,
        rejectEmpty: true,
      });
      answers.set(name, password);
    } else {
      const hidden = type !== 'text';
      // Without a terminal, the UAA may still accept the request without this value.
      const isPrompted = argument === undefined && terminal.canPrompt();
      const answer = isPrompted ? await terminal.prompt({ message, hidden, hint }) : argument;
      if (answer) answers.set(name, hidden ? new Secret(answer) : answer);
    }
  }
  return { answers, username };
}
