import { randomBytes } from 'node:crypto';
import type { Environment, SecretVariable } from '../config/environment.js';
import { TpksError } from '../errors.js';
import { Secret } from '../secret.js';
import type { Terminal } from '../terminal/terminal.js';
import { readEnvironmentSecret, readSecretFile } from './credentials.js';
import { isMeantAt, isMeantFor, whereMeant, type Recipient } from '../contexts/recipient.js';

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
  /** E.g. `TPKS_PASSWORD`, or `TPKS_PASSWORD_FILE`. */
  readonly variable?: SecretVariable | undefined;
  /** Where it is given, the variable counts only if it is meant for them. */
  readonly recipient?: Recipient;
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
  /** The same, without asking. */
  readonly given: (input: SecretInput) => Promise<Secret | undefined>;
  /**
   * A random secret: 256 bits in letters, digits, `-` and `_`, some of each
   * kind, as the policies of servers want them.
   */
  readonly generate: () => Secret;
  /** The secret of programs that cannot keep one. */
  readonly empty: () => Secret;
}

export interface SecretSourceDeps {
  readonly terminal: Pick<Terminal, 'ask' | 'readStdin' | 'warn'>;
  readonly env: Environment;
}

export function createSecretSource(deps: SecretSourceDeps): SecretSource {
  return {
    find: async (input) => {
      const secret = await find(input, deps);
      if (input.refuseEmpty === true && secret.isEmpty) throw emptySecretError(input);
      return secret;
    },
    given: (input) => findWithoutPrompt(input, deps),
    generate,
    empty: () => new Secret(''),
  };
}

/** It starts with a letter: a dash there would look like a flag. */
const requiredCharacters = [/^[a-z]/i, /[a-z]/, /[A-Z]/, /\d/, /[-_]/];

function generate(): Secret {
  for (;;) {
    const value = randomBytes(32).toString('base64url');
    if (requiredCharacters.every((kind) => kind.test(value))) return new Secret(value);
  }
}

async function find(input: SecretInput, deps: SecretSourceDeps): Promise<Secret> {
  const { fileFlag, variable, recipient, prompt } = input;
  const { terminal, env } = deps;
  const found = await findWithoutPrompt(input, deps);
  if (found !== undefined) return found;
  const own = usableVariable(input, env);
  const ways = own === undefined ? [fileFlag] : [fileFlag, own, `${own}_FILE`];
  const isElsewhere =
    variable !== undefined && recipient !== undefined && !isMeantAt(recipient, env);
  const why = isElsewhere ? `; ${whereMeant(variable, env)}` : '';
  const insteadUse = `use ${ways.join(' or ')}${why}`;
  return new Secret(await terminal.ask({ prompt, hidden: true, insteadUse }));
}

async function findWithoutPrompt(
  input: SecretInput,
  { terminal, env }: SecretSourceDeps,
): Promise<Secret | undefined> {
  const { value, valueFlag, file, fileFlag } = input;
  if (value !== undefined) {
    // An empty one is no secret.
    if (value !== '') {
      terminal.warn(
        `a secret after ${valueFlag} can be read by others on this machine; prefer ${fileFlag}`,
      );
    }
    return new Secret(value);
  }
  if (file !== undefined) return readSecretFile(file, fileFlag, terminal.readStdin);
  const own = usableVariable(input, env);
  return own === undefined ? undefined : readEnvironmentSecret(env, own, terminal.readStdin);
}

/** The variable that may be read for this secret. */
function usableVariable(
  { variable, recipient }: SecretInput,
  env: Environment,
): SecretVariable | undefined {
  if (variable === undefined || recipient === undefined) return variable;
  return isMeantFor(recipient, variable, env) ? variable : undefined;
}

function emptySecretError({ prompt, fileFlag }: SecretInput): TpksError {
  const what = prompt.replace(/[\s:]+$/, '');
  return new TpksError('usage', `${what} is empty: nothing was sent`, {
    hint: `check what was piped in, or the variable; five wrong tries lock a user (${fileFlag})`,
  });
}
