import { randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { Services } from '../../app/services.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import type { SecretSource } from '../../domain/auth/secrets.js';
import type { Environment } from '../../platform/config/environment.js';
import { withInputFile, withStdin } from '../stdin-inputs.js';
import { dashedOption } from './options.js';

const secretVariable = 'TPKS_NEW_SECRET';

/** Sources of a new secret on the command line. */
export interface NewSecretFlags {
  /** `false` after `--no-secret`. */
  readonly secret?: string | false;
  readonly secretFile?: string;
  readonly generateSecret?: true;
}

/**
 * Creates an option for a file that contains a secret.
 * @param what - noun for the help, e.g. `new client secret`.
 * @param variable - environment variable that is also read, for the help.
 */
export function secretFileOption(name: string, what: string, variable?: string): Option {
  const variableText = variable === undefined ? '' : ` [${variable}]`;
  const help = `read the ${what} from this file; - for stdin${variableText}`;
  return withInputFile(new Option(`${name} <path>`, help));
}

/**
 * Adds the options that provide a current secret: on the command line or in a file.
 * @param spec.short - the short spelling of the option.
 * @param spec.help - which secret, for the help.
 */
export function addCurrentSecretOptions(
  command: Command,
  kind: 'secret' | 'password',
  spec: { readonly short?: string; readonly help: string; readonly file: Option },
): Command {
  const name = `old_${kind}`;
  const short = spec.short === undefined ? '' : `${spec.short}, `;
  return command
    .option(`${short}--${name} <${kind}>`, `${spec.help} (visible to other users of this machine)`)
    .addOption(dashedOption(`--old-${kind} <${kind}>`, name))
    .addOption(spec.file.conflicts(name));
}

/** @param what - noun for the help, e.g. `new client secret`. */
export function addNewSecretOptions(command: Command, what: string): Command {
  return command
    .option('-s, --secret <secret>', `${what} (visible to other users of this machine)`)
    .addOption(secretFileOption('--secret-file', what, secretVariable).conflicts('secret'))
    .addOption(
      new Option('--generate-secret', 'generate a random secret and print it once').conflicts([
        'secret',
        'secretFile',
      ]),
    )
    .option(
      '--no-secret',
      "use an empty secret, like -s '' (for clients that cannot keep a secret)",
    );
}

/** Whether a flag or the environment provides the secret, so that no prompt is needed. */
export function isSecretGiven(
  { secret, secretFile, generateSecret }: NewSecretFlags,
  env: Environment,
): boolean {
  return isAnyGiven([secret, secretFile, generateSecret], secretVariable, env);
}

function isAnyGiven(
  flags: readonly unknown[],
  variable: 'TPKS_NEW_SECRET' | 'TPKS_NEW_PASSWORD',
  env: Environment,
): boolean {
  const values = [...flags, env[variable], env[`${variable}_FILE`], env[`${variable}_COMMAND`]];
  return values.some((value) => value !== undefined);
}

export type NewSecretDeps = Pick<Services, 'terminal' | 'secrets' | 'env'>;

/**
 * Reads or generates a new secret: from a flag, stdin, a file, the environment, or a prompt that asks
 * for it twice. Never from `TPKS_CLIENT_SECRET`, which is the secret that tpks itself logs in with.
 * @param consequence - the end of error messages, e.g. `no client was created`.
 * @throws {TpksError} `usage` if the secret is empty, if the two inputs differ, or if it is missing and
 *   the user cannot be prompted.
 */
export async function readNewSecret(
  flags: NewSecretFlags,
  consequence: string,
  { terminal, secrets, env }: NewSecretDeps,
): Promise<Secret> {
  if (flags.generateSecret === true) return generateSecret();
  // For clients that cannot keep a secret confidential.
  if (flags.secret === false || flags.secret === '') return new Secret('');
  const isPromptNeeded = !isSecretGiven(flags, env);
  if (isPromptNeeded && !terminal.canPrompt()) {
    throw new TpksError('usage', 'Missing new client secret', {
      hint: `use --secret-file, --generate-secret, --no-secret, ${secretVariable} or ${secretVariable}_FILE`,
    });
  }
  if (!isPromptNeeded) return findSecret(secrets, flags, `: ${consequence}`);
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === maximumAttempts;
    const ending = isLast ? `: ${consequence}` : ', try again';
    try {
      const secret = await findSecret(secrets, flags, ending);
      const hint = 'use --secret-file';
      return await promptAgain(
        secret,
        { what: 'secret', prompt: secretPrompt, hint, ending },
        terminal,
      );
    } catch (error) {
      // Prompt again, so that the other inputs, e.g. of a wizard, are not lost.
      if (!isTpksError(error) || error.kind !== 'usage' || isLast) throw error;
      terminal.note(error.message);
    }
  }
}

const maximumAttempts = 3;
const secretPrompt = 'New client secret: ';

async function findSecret(
  source: SecretSource,
  { secret: value, secretFile }: NewSecretFlags,
  ending: string,
): Promise<Secret> {
  const secret = await source.find({
    value: value === false ? '' : value,
    valueFlag: '--secret',
    file: secretFile,
    fileFlag: '--secret-file',
    variable: secretVariable,
    prompt: secretPrompt,
  });
  if (!secret.isEmpty) return secret;
  throw new TpksError('usage', `The new client secret is empty${ending}`, {
    hint: 'to use an empty secret, add --no-secret',
  });
}

/**
 * Prompts for a secret again.
 * @param texts.ending - the end of the error message.
 * @throws {TpksError} `usage` if the two inputs differ.
 */
async function promptAgain(
  secret: Secret,
  { what, prompt, hint, ending }: Readonly<Record<'what' | 'prompt' | 'hint' | 'ending', string>>,
  terminal: Services['terminal'],
): Promise<Secret> {
  const message = `Verify ${prompt.toLowerCase()}`;
  if ((await terminal.prompt({ message, hidden: true, hint })) === secret.reveal()) return secret;
  throw new TpksError('usage', `The ${what}s do not match${ending}`, {
    hint: `type the same ${what} twice`,
  });
}

/** Adds a generated secret to the output, because the user has no other way to learn it. */
export function withGeneratedSecret<T extends object>(
  response: T,
  secret: Secret | undefined,
  flags: NewSecretFlags,
  { terminal }: Pick<Services, 'terminal'>,
): T {
  if (flags.generateSecret !== true || secret === undefined) return response;
  terminal.note('Store the secret safely: it cannot be shown again');
  return { ...response, client_secret: secret.reveal() };
}

const passwordVariable = 'TPKS_NEW_PASSWORD';

/** The flags that provide a new password. */
export interface NewPasswordFlags {
  readonly password?: string | undefined;
  readonly passwordStdin?: true;
  readonly passwordFile?: string;
}

/** Adds the options for a new password. @param label - which password, e.g. `new password`. */
export function addNewPasswordOptions(command: Command, label: string): Command {
  return command
    .option('-p, --password <password>', `${label} (visible to other users of this machine)`)
    .addOption(
      withStdin(
        new Option('--password-stdin', `read the ${label} from stdin`).conflicts([
          'password',
          'passwordFile',
        ]),
        true,
      ),
    )
    .addOption(secretFileOption('--password-file', label, passwordVariable).conflicts('password'));
}

/** Whether a flag or the environment provides the password, so that no prompt is needed. */
export function isPasswordGiven(
  { password, passwordStdin, passwordFile }: NewPasswordFlags,
  env: Environment,
): boolean {
  return isAnyGiven([password, passwordStdin, passwordFile], passwordVariable, env);
}

/**
 * Reads a new password from a flag, stdin, a file or the environment; otherwise prompts for it twice.
 * Never uses `TPKS_PASSWORD`, which is the password of the user who runs tpks.
 * @param texts.prompt - e.g. `New password: `.
 * @param texts.consequence - the end of the error if the two entries differ, e.g. `no user was created`.
 * @throws {TpksError} `usage` if the two entries differ, or if there is no terminal for the prompt.
 */
export async function readNewPassword(
  flags: NewPasswordFlags,
  { prompt, consequence }: { readonly prompt: string; readonly consequence: string },
  { terminal, secrets, env }: NewSecretDeps,
): Promise<Secret> {
  const isPrompted = !isPasswordGiven(flags, env);
  const password = await secrets.find({
    value: flags.password,
    valueFlag: '--password',
    file: flags.passwordFile ?? (flags.passwordStdin && '-'),
    fileFlag: '--password-stdin',
    variable: passwordVariable,
    prompt,
  });
  const hint = 'use --password-stdin';
  return isPrompted
    ? promptAgain(
        password,
        { what: 'password', prompt, hint, ending: `: ${consequence}` },
        terminal,
      )
    : password;
}

/** The first character is a letter, because a leading dash would look like an option. */
const requiredCharacters = [/^[a-z]/i, /[a-z]/, /[A-Z]/, /\d/, /[-_]/];

/** 256 random bits as letters, digits, and `-` or `_`: servers may require some of each kind. */
function generateSecret(): Secret {
  for (;;) {
    const value = randomBytes(32).toString('base64url');
    if (requiredCharacters.every((pattern) => pattern.test(value))) return new Secret(value);
  }
}
