import { TpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import type { Terminal } from '../../platform/terminal/terminal.js';

/** Sources of a one-time code. */
interface PasscodeInput {
  /** The value of `flag`; `-` reads stdin. */
  readonly flagValue: string | undefined;
  /** URL of the UAA's page that shows codes. */
  readonly passcodeUrl: string;
  /** Creates the prompt, and a note to print before it. */
  readonly createPrompt: () => Promise<{ readonly note?: string; readonly prompt: string }>;
  /** E.g. `--sso-passcode`. */
  readonly flag: string;
}

/**
 * Finds a one-time code in the option's value, then on stdin, then with a prompt.
 * @throws {TpksError} `usage` if no code was given and the user cannot be prompted.
 */
export async function findPasscode(
  { flagValue, passcodeUrl, createPrompt, flag }: PasscodeInput,
  terminal: Pick<Terminal, 'canPrompt' | 'readLine' | 'readStdin' | 'note' | 'prompt'>,
): Promise<Secret> {
  if (flagValue !== undefined && flagValue !== '-') return new Secret(flagValue);
  if (flagValue === '-' || !terminal.canPrompt()) {
    // Without `-`, stdin may be a pipe that is never written to, so `readLine` has a time limit.
    const piped =
      flagValue === '-' ? await terminal.readStdin(flag) : ((await terminal.readLine()) ?? '');
    if (piped.trim() !== '') return new Secret(piped.trim());
    throw new TpksError('usage', `Missing one-time code: use ${flag} or pipe it in`, {
      hint: `get a code at ${passcodeUrl}`,
    });
  }
  const { note, prompt } = await createPrompt();
  if (note !== undefined) terminal.note(note);
  return new Secret(await terminal.prompt({ message: prompt, hidden: true, hint: `use ${flag}` }));
}
