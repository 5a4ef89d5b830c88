import type { Recipient } from '../../../contexts/recipient.js';
import { TpksError } from '../../../errors.js';
import { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import type { UaaInfo } from '../../../uaa/info.js';

type Deps = Pick<Services, 'terminal' | 'env' | 'secrets'>;

/** What the user gave on the command line. */
export interface Given {
  /** Answers in the order of the prompts. */
  readonly credentials: readonly string[];
  readonly passwordStdin?: true;
  /** The UAA that prompts. */
  readonly target: Omit<Recipient, 'name'>;
}

export interface Answers {
  /** By the name of the prompt; what is hidden at the prompt is a secret. */
  readonly answers: ReadonlyMap<string, string | Secret>;
  readonly username: string | undefined;
}

/**
 * One answer a prompt, in the server's order and under the server's labels. An empty answer to what
 * is neither user name nor password is none: a passcode stands in for those.
 * @throws {TpksError} `usage` for more answers than prompts, and for what is missing where nobody
 *   can be asked.
 */
export async function answersTo(
  prompts: UaaInfo['prompts'],
  given: Given,
  deps: Deps,
): Promise<Answers> {
  const names = Object.keys(prompts);
  if (given.credentials.length > names.length) {
    throw new TpksError('usage', 'More answers were given than the UAA has prompts', {
      hint: inOrder(names),
    });
  }
  const answers = new Map<string, string | Secret>();
  let username: string | undefined;
  for (const [index, [name, [type, label]]] of Object.entries(prompts).entries()) {
    const typed = given.credentials[index];
    const prompt = { text: `${label}: `, isHidden: type !== 'text', insteadUse: inOrder(names) };
    if (name === 'username') {
      username = await findUsername(typed, prompt, deps);
      answers.set(name, username);
    } else if (name === 'password') {
      answers.set(name, await findPassword(typed, { ...prompt, username, ...given }, deps));
    } else {
      const answer = await findOther(typed, prompt, deps);
      if (answer !== '') answers.set(name, prompt.isHidden ? new Secret(answer) : answer);
    }
  }
  return { answers, username };
}

interface Prompt {
  readonly text: string;
  readonly isHidden: boolean;
  readonly insteadUse: string;
}

function inOrder(names: readonly string[]): string {
  return `give the answers as arguments, in this order: ${names.join(', ')}`;
}

async function findUsername(
  typed: string | undefined,
  { text, insteadUse }: Prompt,
  { terminal, env }: Deps,
): Promise<string> {
  const username = typed ?? env.TPKS_USERNAME ?? (await terminal.ask({ prompt: text, insteadUse }));
  if (username.trim() !== '') return username;
  throw new TpksError('usage', 'The user name is empty', { hint: insteadUse });
}

async function findPassword(
  typed: string | undefined,
  {
    text,
    username,
    passwordStdin,
    target: { api, uaa },
  }: Prompt & Given & { readonly username: string | undefined },
  { secrets }: Deps,
): Promise<Secret> {
  return (await secrets()).find({
    value: typed,
    valueFlag: 'the user name',
    file: passwordStdin && '-',
    fileFlag: '--password-stdin',
    variable: 'TPKS_PASSWORD',
    recipient: { name: username ?? '', api, uaa },
    prompt: text,
    refuseEmpty: true,
  });
}

/** Without a terminal, the other answers must be enough. */
async function findOther(
  typed: string | undefined,
  { text, isHidden, insteadUse }: Prompt,
  { terminal }: Deps,
): Promise<string> {
  if (typed !== undefined || !terminal.canAsk()) return typed ?? '';
  return terminal.ask({ prompt: text, hidden: isHidden, insteadUse });
}
