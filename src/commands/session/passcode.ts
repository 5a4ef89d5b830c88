import { TpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import type { Terminal } from '../../platform/terminal/terminal.js';

interface PasscodePrompt {
  /** Printed before the prompt. */
  readonly note?: string;
  readonly prompt: string;
}

interface PasscodeInput {
  /** The value of `flag`; `-` reads stdin. */
  readonly flagValue: string | undefined;
  /** URL of the UAA's page that shows codes. */
  readonly passcodeUrl: string;
  readonly createPrompt: () => PasscodePrompt | Promise<PasscodePrompt>;
  readonly flag: string;
  /** The hint if the user cannot be prompted. If it is set, stdin is read only for `-`. */
  readonly hint?: string | undefined;
}

/**
 * Finds a one-time code in the option's value, then on stdin, then with a prompt.
 * @throws {TpksError} `usage` if no code was given and the user cannot be prompted.
 */
export async function findPasscode(
  { flagValue, passcodeUrl, createPrompt, flag, hint }: PasscodeInput,
  terminal: Pick<Terminal, 'canPrompt' | 'readLine' | 'readStdin' | 'note' | 'prompt'>,
): Promise<Secret> {
  if (flagValue !== undefined && flagValue !== '-') return new Secret(flagValue);
  if (flagValue === undefined && hint !== undefined && !terminal.canPrompt()) {
    throw new TpksError('usage', 'Missing one-time code', { hint });
  }
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

/** Longer labels could push the host out of sight. */
const maximumLabelLength = 100;

/**
 * Formats the label of a prompt that a UAA defines, e.g. `Password (uaa.example.com:8443)`. Without the
 * host and the limits, a UAA could imitate a prompt of another program, such as `[sudo] password for root`.
 * @param uaa - base URL of the UAA.
 */
export function formatPromptLabel(label: string, uaa: string): string {
  const characters = Array.from(label.replace(/\s+/g, ' ').trim());
  // The default label for a one-time code contains this URL, which must not be cut off.
  const passcodeUrl = `${uaa}/passcode`;
  const hasUrl = label.includes(passcodeUrl);
  const limit = maximumLabelLength + (hasUrl ? passcodeUrl.length : 0);
  const isLong = characters.length > limit;
  const text = `${characters.slice(0, limit).join('')}${isLong ? '...' : ''}`;
  return text.includes(passcodeUrl) ? text : `${text} (${new URL(uaa).host})`.trim();
}
