import { Option, type Command } from 'commander';
import { withFileNames } from '../../completion/completer.js';
import type { Environment } from '../../config/environment.js';
import { TpksError } from '../../errors.js';
import type { Secret } from '../../secret.js';
import type { Services } from '../../services.js';

const variable = 'TPKS_NEW_PASSWORD';

/** Where a password that is to be set comes from, as typed. */
export interface NewPasswordFlags {
  readonly password?: string;
  readonly passwordStdin?: true;
  readonly passwordFile?: string;
}

/** @param what - which password, e.g. `new password`. */
export function addNewPassword(command: Command, what: string): Command {
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
        new Option('--password-file <path>', `file with it; - is stdin [${variable}]`),
      ).conflicts('password'),
    );
}

/** @returns whether a flag or the environment says what it is, so that nobody need be asked. */
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
 * A password that is to be set: from the line, stdin, a file, the environment, or typed twice.
 * Never from `TPKS_PASSWORD`: that is the password of whoever runs tpks.
 * @param words.prompt - e.g. `New password: `.
 * @param words.again - e.g. `Verify new password: `.
 * @param words.undone - what did not happen when the two differ, e.g. `no user was added`.
 * @throws {TpksError} `usage` when the two differ, or when nobody can be asked.
 */
export async function newPassword(
  flags: NewPasswordFlags,
  words: { readonly prompt: string; readonly again: string; readonly undone: string },
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
    prompt: words.prompt,
  });
  if (!isAsked) return password;
  const again = await terminal.ask({
    prompt: words.again,
    hidden: true,
    insteadUse: 'use --password-stdin',
  });
  if (again === password.open()) return password;
  throw new TpksError('usage', `The two passwords differ: ${words.undone}`, {
    hint: 'type the same password twice',
  });
}
