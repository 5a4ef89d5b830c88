import type { UaaInfo } from '../../../api/uaa/info.js';
import type { Services } from '../../../app/services.js';
import { TpksError } from '../../../base/errors.js';
import { Secret } from '../../../base/secret.js';
import type { Recipient } from '../../../domain/contexts/identity.js';
import { formatPromptLabel } from '../../prompt-label.js';

type Deps = Pick<Services, 'terminal' | 'env' | 'secrets'>;

/** Answers from the command line. */
export interface PromptInput {
  /** Answers in the order of the prompts. */
  readonly credentials: readonly string[];
  readonly passwordStdin?: true;
  /** The UAA that defines the prompts. */
  readonly target: Omit<Recipient, 'name'>;
}

export interface PromptAnswers {
  /** By name of the prompt. Answers to prompts with hidden input are secrets. */
  readonly answers: ReadonlyMap<string, string | Secret>;
  /** `undefined` if the UAA does not prompt for it. */
  readonly username: string | undefined;
}

/**
 * Collects an answer for each prompt, in the server's order and with the server's labels. Empty answers
 * are omitted, except for username and password: a passcode replaces both.
 * @throws {TpksError} `usage` if there are more answers than prompts, if the username or the password
 *   is empty, or if one of them is missing and the user cannot be prompted.
 */
export async function collectAnswers(
  prompts: UaaInfo['prompts'],
  input: PromptInput,
  deps: Deps,
): Promise<PromptAnswers> {
  const names = Object.keys(prompts);
  const hint = `pass the values as arguments, in this order: ${names.join(', ')}`;
  if (input.credentials.length > names.length) {
    throw new TpksError('usage', 'Too many arguments for the prompts of the UAA', {
      hint,
    });
  }
  const answers = new Map<string, string | Secret>();
  let username: string | undefined;
  for (const [index, [name, [type, label]]] of Object.entries(prompts).entries()) {
    const argument = input.credentials[index];
    const text = `${formatPromptLabel(label, input.target.uaa)}: `;
    const prompt = { text, isHidden: type !== 'text', hint };
    if (name === 'username') {
      username = await findUsername(argument, prompt, deps);
      answers.set(name, username);
    } else if (name === 'password') {
      answers.set(name, await findPassword(argument, { ...prompt, username, ...input }, deps));
    } else {
      const answer = await findOptionalAnswer(argument, prompt, deps);
      if (answer !== '') answers.set(name, prompt.isHidden ? new Secret(answer) : answer);
    }
  }
  return { answers, username };
}

interface Prompt {
  readonly text: string;
  readonly isHidden: boolean;
  readonly hint: string;
}

async function findUsername(
  argument: string | undefined,
  { text, hint }: Prompt,
  { terminal, env }: Deps,
): Promise<string> {
  const username =
    argument ?? env.TPKS_USERNAME ?? (await terminal.prompt({ message: text, hint }));
  if (username.trim() !== '') return username;
  throw new TpksError('usage', 'The username is empty', { hint });
}

async function findPassword(
  argument: string | undefined,
  {
    text,
    username,
    passwordStdin,
    target: { api, uaa },
  }: Prompt & PromptInput & { readonly username: string | undefined },
  { secrets }: Deps,
): Promise<Secret> {
  return secrets.find({
    value: argument,
    valueFlag: 'the username',
    file: passwordStdin && '-',
    fileFlag: '--password-stdin',
    variable: 'TPKS_PASSWORD',
    recipient: { name: username ?? '', api, uaa },
    prompt: text,
    rejectEmpty: true,
  });
}

/** Without a terminal, the UAA may still accept the request without this value. */
async function findOptionalAnswer(
  argument: string | undefined,
  { text, isHidden, hint }: Prompt,
  { terminal }: Deps,
): Promise<string> {
  if (argument !== undefined || !terminal.canPrompt()) return argument ?? '';
  return terminal.prompt({ message: text, hidden: isHidden, hint });
}
