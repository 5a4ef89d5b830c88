import { randomBytes } from 'node:crypto';
import { TpksError } from '../errors.js';
import { Secret } from '../secret.js';
import type { Terminal } from '../terminal/terminal.js';
import { environmentSecret, secretFromFile } from './credentials.js';

/** Where a secret may come from, in the order in which it is looked for. */
export interface SecretInput {
  /** The value on the command line: works, and warns. */
  readonly value?: string | undefined;
  /** The flag of `value`, e.g. `--password`. */
  readonly valueFlag: string;
  /** A file, `-` = stdin. */
  readonly file?: string | undefined;
  /** The flag of `file`, e.g. `--password-stdin`. */
  readonly fileFlag: string;
  /** E.g. `TPKS_PASSWORD`, or `TPKS_PASSWORD_FILE`; left out where they are meant for another. */
  readonly variable?: string | undefined;
  /** E.g. `Password: `. */
  readonly prompt: string;
  /** Nobody’s password is empty: a pipe or a variable was. A client’s secret may be. */
  readonly refuseEmpty?: boolean;
}

/** Secrets from the command line, a file, stdin, the environment, or a person. */
export interface SecretSource {
  /**
   * @throws {TpksError} `usage` when it is nowhere and nobody can be asked, or a file cannot be read;
   *   `cancelled` when the person gives up.
   */
  readonly find: (input: SecretInput) => Promise<Secret>;
  /**
   * A secret that nobody can guess: 256 random bits in letters, digits, `-` and `_`, some of each
   * kind, as the policies of servers want them.
   */
  readonly generate: () => Secret;
  /** The secret of programs that cannot keep one. */
  readonly empty: () => Secret;
}

export interface SecretSourceDeps {
  readonly terminal: Pick<Terminal, 'ask' | 'readStdin' | 'warn'>;
  readonly env: NodeJS.ProcessEnv;
}

export function createSecretSource({ terminal, env }: SecretSourceDeps): SecretSource {
  return {
    find: async (input) => {
      const secret = await find(input, terminal, env);
      if (input.refuseEmpty === true && secret.isEmpty) throw whereEmpty(input);
      return secret;
    },
    generate,
    empty: () => new Secret(''),
  };
}

/** It starts with a letter: a dash there would look like a flag. */
const kinds = [/^[a-z]/i, /[a-z]/, /[A-Z]/, /\d/, /[-_]/];

function generate(): Secret {
  for (;;) {
    const value = randomBytes(32).toString('base64url');
    if (kinds.every((kind) => kind.test(value))) return new Secret(value);
  }
}

async function find(
  { value, valueFlag, file, fileFlag, variable, prompt }: SecretInput,
  terminal: SecretSourceDeps['terminal'],
  env: NodeJS.ProcessEnv,
): Promise<Secret> {
  if (value !== undefined) {
    // An empty one is no secret.
    if (value !== '') {
      terminal.warn(
        `a secret after ${valueFlag} can be read by others on this machine; prefer ${fileFlag}`,
      );
    }
    return new Secret(value);
  }
  if (file !== undefined) return secretFromFile(file, fileFlag, terminal.readStdin);
  const found =
    variable === undefined ? undefined : await environmentSecret(env, variable, terminal.readStdin);
  if (found !== undefined) return found;
  const instead = [fileFlag, ...(variable === undefined ? [] : [variable, `${variable}_FILE`])];
  return new Secret(
    await terminal.ask({ prompt, hidden: true, insteadUse: `use ${instead.join(' or ')}` }),
  );
}

function whereEmpty({ prompt, fileFlag }: SecretInput): TpksError {
  const what = prompt.replace(/[\s:]+$/, '');
  return new TpksError('usage', `${what} is empty: nothing was sent`, {
    hint: `check what was piped in, or the variable; five wrong tries lock a user (${fileFlag})`,
  });
}
