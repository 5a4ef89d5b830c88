import { Option, type Command } from 'commander';
import { withFileNames } from '../../../completion/completer.js';
import type { Environment } from '../../../config/environment.js';
import { TpksError } from '../../../errors.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';

const variable = 'TPKS_NEW_SECRET';

/** Where a secret that is to be set comes from, as typed. */
export interface NewSecretFlags {
  /** `false` after `--no-secret`. */
  readonly secret?: string | false;
  readonly secretFile?: string;
  readonly generateSecret?: true;
}

/** @param what - which secret, e.g. `new secret`. */
export function addNewSecretOptions(command: Command, what: string): Command {
  return command
    .option('-s, --secret <secret>', `${what} (others on this machine may see it)`)
    .addOption(
      withFileNames(
        new Option('--secret-file <path>', `file with it; - is stdin [${variable}]`),
      ).conflicts('secret'),
    )
    .addOption(
      new Option('--generate-secret', 'make one that nobody can guess, and show it once').conflicts(
        ['secret', 'secretFile'],
      ),
    )
    .option('--no-secret', 'an empty one, as -s ’’ (for programs that cannot keep a secret)');
}

/** @returns whether a flag or the environment provides it, so that no prompt is needed. */
export function isSecretGiven(
  { secret, secretFile, generateSecret }: NewSecretFlags,
  env: Environment,
): boolean {
  return [secret, secretFile, generateSecret, env[variable], env[`${variable}_FILE`]].some(
    (value) => value !== undefined,
  );
}

export type NewSecretDeps = Pick<Services, 'terminal' | 'secrets' | 'env'>;

/**
 * A secret that is to be set: made here, from the line, stdin, a file, the environment, or typed
 * twice. Never from `TPKS_CLIENT_SECRET`: that is the secret of whoever runs tpks.
 * @param undone - what did not happen when the two differ, e.g. `no client was added`.
 * @throws {TpksError} `usage` if the two differ, or if there is no terminal to ask on.
 */
export async function readNewSecret(
  flags: NewSecretFlags,
  undone: string,
  { terminal, secrets, env }: NewSecretDeps,
): Promise<Secret> {
  const source = await secrets();
  if (flags.generateSecret === true) return source.generate();
  if (flags.secret === false || flags.secret === '') return source.empty();
  const isAsked = !isSecretGiven(flags, env);
  if (isAsked && !terminal.canAsk()) {
    throw new TpksError('usage', 'The new client secret is missing', {
      hint: `use --secret-file, --generate-secret, --no-secret, ${variable} or ${variable}_FILE`,
    });
  }
  const secret = await source.find({
    value: flags.secret,
    valueFlag: '--secret',
    file: flags.secretFile,
    fileFlag: '--secret-file',
    variable,
    prompt: 'New client secret: ',
  });
  if (secret.isEmpty) {
    throw new TpksError('usage', `The new client secret is empty: ${undone}`, {
      hint: '--no-secret says that this is meant',
    });
  }
  if (!isAsked) return secret;
  const again = await terminal.ask({
    prompt: 'Verify new client secret: ',
    hidden: true,
    insteadUse: 'use --secret-file',
  });
  if (again === secret.open()) return secret;
  throw new TpksError('usage', `The two secrets differ: ${undone}`, {
    hint: 'type the same secret twice',
  });
}

/**
 * What is shown of a change, with the secret where it was made here: nobody else knows it.
 * @param shown - the answer of the UAA.
 */
export function withGeneratedSecret<T extends object>(
  shown: T,
  secret: Secret | undefined,
  flags: NewSecretFlags,
  { terminal }: Pick<Services, 'terminal'>,
): T {
  if (flags.generateSecret !== true || secret === undefined) return shown;
  terminal.note('Keep the secret: it is shown this once, and the UAA does not tell it again');
  return { ...shown, client_secret: secret.open() };
}
