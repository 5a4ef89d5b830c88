import { Option, type Command } from 'commander';
import { withFileNames } from '../../completion/completer.js';
import type { Environment } from '../../config/environment.js';
import { TpksError } from '../../errors.js';
import type { Secret } from '../../secret.js';
import type { Services } from '../../services.js';

const variable = 'TPKS_NEW_PASSWORD';

/** Where a new password comes from. */
export interface NewPasswordFlags {
  readonly password?: string;
  readonly passwordStdin?: true;
  readonly passwordFile?: string;
}

/** @param what - which password, e.g. `new password`. */
export function addNewPasswordOptions(command: Command, what: string): Command {
  return command
    .option('-p, --password <password>', `${what} (others on this machine may see it)`)
    .addOption(
      new Option('--password-stdin', `read the ${what} from stdin`).conflicts([
        'password',
        'passwordFile',
      ]),
    )
    .addOption(
      withFileNames(
        new Option('--password-file <path>', `file that contains it; - is stdin [${variable}]`),
      ).conflicts('password'),
    );
}

/** Whether a flag or the environment contains it, so that no prompt is needed. */
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
 * A new password: from a flag, stdin, a file, the environment, or typed twice. Never from
 * `TPKS_PASSWORD`, which is the password of the user who runs tpks.
 * @param texts.prompt - e.g. `New password: `.
 * @param texts.undone - what did not happen if the two differ, e.g. `no user was added`.
 * @throws {TpksError} `usage` if the two differ, or without a terminal to ask on.
 */
export async function readNewPassword(
  flags: NewPasswordFlags,
  { prompt, undone }: { readonly prompt: string; readonly undone: string },
  { terminal, secrets, env }: NewPasswordDeps,
): Promise<Secret> {
  const isAsked = !isPasswordGiven(flags, env);
  const source = await secrets();
  const password = await source.find({
    value: flags.password,
    valueFlag: '--password',
    file: flags.passwordFile ?? (flags.passwordStdin && '-'),
    fileFlag: '--password-stdin',
    variable,
    prompt,
  });
  if (!isAsked) return password;
  const again = await terminal.ask({
    prompt: `Verify ${prompt.toLowerCase()}`,
    hidden: true,
    insteadUse: 'use --password-stdin',
  });
  if (again === password.open()) return password;
  throw new TpksError('usage', `The two passwords differ: ${undone}`, {
    hint: 'type the same password twice',
  });
}
