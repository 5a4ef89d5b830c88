import { Option, type Command } from 'commander';
import type { Environment } from '../../config/environment.js';
import { TpksError } from '../../errors.js';
import type { Secret } from '../../secret.js';
import type { Services } from '../../services.js';
import { withInputFile, withStdin } from '../stdin-inputs.js';

const variable = 'TPKS_NEW_PASSWORD';

/** The flags that provide a new password. */
export interface NewPasswordFlags {
  readonly password?: string;
  readonly passwordStdin?: true;
  readonly passwordFile?: string;
}

/**
 * Adds the options that provide a new password.
 * @param label - which password, e.g. `new password`.
 */
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
    .addOption(
      withInputFile(
        new Option(
          '--password-file <path>',
          `read the ${label} from this file; - for stdin [${variable}]`,
        ),
      ).conflicts('password'),
    );
}

/** Whether a flag or the environment provides the password, so that no prompt is needed. */
export function isPasswordGiven(
  { password, passwordStdin, passwordFile }: NewPasswordFlags,
  env: Environment,
): boolean {
  return [password, passwordStdin, passwordFile, env[variable], env[`${variable}_FILE`]].some(
    (value) => value !== undefined,
  );
}

export type NewPasswordDeps = Pick<Services, 'terminal' | 'secrets' | 'env'>;

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
  { terminal, secrets, env }: NewPasswordDeps,
): Promise<Secret> {
  const isPrompted = !isPasswordGiven(flags, env);
  const source = await secrets();
  const password = await source.find({
    value: flags.password,
    valueFlag: '--password',
    file: flags.passwordFile ?? (flags.passwordStdin && '-'),
    fileFlag: '--password-stdin',
    variable,
    prompt,
  });
  if (!isPrompted) return password;
  const repeated = await terminal.prompt({
    message: `Verify ${prompt.toLowerCase()}`,
    hidden: true,
    hint: 'use --password-stdin',
  });
  if (repeated === password.reveal()) return password;
  throw new TpksError('usage', `The passwords do not match: ${consequence}`, {
    hint: 'type the same password twice',
  });
}
