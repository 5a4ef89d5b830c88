import { randomBytes } from 'node:crypto';
import { TpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import type {
  Environment,
  PksSecretVariable,
  SecretVariable,
} from '../../platform/config/environment.js';
import { readTextAsync, userFileOptions } from '../../platform/disk/bounded-read.js';
import { describeDiskError } from '../../platform/disk/disk-error.js';
import type { Terminal } from '../../platform/terminal/terminal.js';
import { isForInstallation, describeIntendedServer } from '../contexts/addresses.js';
import { isForRecipient, type Recipient } from '../contexts/identity.js';

/** The possible sources of a secret, in the order in which they are tried. */
export interface SecretInput {
  /** The value on the command line. It is accepted with a warning. */
  readonly value?: string | undefined;
  /** The flag of `value`, e.g. `--password`. */
  readonly valueFlag: string;
  /** The path of a file; `-` for stdin. */
  readonly file?: string | undefined;
  /** The flag that sets `file`, e.g. `--password-stdin`; `undefined` if the command has no such flag. */
  readonly fileFlag?: string | undefined;
  /** Variables of the original CLI, which are read before `variable`. */
  readonly pksVariables?: readonly PksSecretVariable[] | undefined;
  /** Called with the variable of the original CLI that contains the secret. */
  readonly onPksVariable?: ((variable: PksSecretVariable) => Promise<void>) | undefined;
  /** E.g. `TPKS_PASSWORD`; `TPKS_PASSWORD_FILE` is read as well. */
  readonly variable?: SecretVariable | undefined;
  /** If set, the variable is used only if it is meant for this identity and server. */
  readonly recipient?: Recipient;
  /** Whether a line that is piped to stdin is read before the user is prompted. */
  readonly acceptsPipe?: boolean | undefined;
  /** E.g. `Password: `. */
  readonly prompt: string;
  /** Called before the user is prompted. */
  readonly beforePrompt?: () => void;
  /**
   * Set for passwords, because an empty password is a mistake in a pipe or variable. Client secrets
   * may be empty.
   */
  readonly rejectEmpty?: boolean;
}

/**
 * Finds secrets on the command line, in a file, on stdin or in the environment, or prompts for
 * them.
 */
export interface SecretSource {
  /**
   * Finds a secret, and prompts for it if no source has it.
   * @throws {TpksError} `usage` if it is missing and the user cannot be prompted, or if a file cannot
   *   be read; `cancelled` if the user cancels the prompt.
   */
  readonly find: (input: SecretInput) => Promise<Secret>;
  /** Finds a secret without a prompt. @returns `undefined` if no source has it. */
  readonly findWithoutPrompt: (input: SecretInput) => Promise<Secret | undefined>;
}

export interface SecretSourceDeps {
  readonly terminal: Pick<Terminal, 'prompt' | 'readStdin' | 'readLine' | 'warn'>;
  readonly env: Environment;
}

export function createSecretSource(deps: SecretSourceDeps): SecretSource {
  return {
    find: async (input) => {
      const secret = await find(input, deps);
      if (input.rejectEmpty === true && secret.isEmpty) throw emptySecretError(input);
      return secret;
    },
    findWithoutPrompt: (input) => findWithoutPrompt(input, deps),
  };
}

/** The first character is a letter, because a leading dash would look like an option. */
const requiredCharacters = [/^[a-z]/i, /[a-z]/, /[A-Z]/, /\d/, /[-_]/];

/**
 * Generates a random secret of 256 bits. It contains lower-case and upper-case letters, digits, and
 * `-` or `_`, because servers may require some of each kind.
 */
export function generateSecret(): Secret {
  for (;;) {
    const value = randomBytes(32).toString('base64url');
    if (requiredCharacters.every((pattern) => pattern.test(value))) return new Secret(value);
  }
}

async function find(input: SecretInput, deps: SecretSourceDeps): Promise<Secret> {
  const { variable, recipient, prompt } = input;
  const { terminal, env } = deps;
  const found = await findWithoutPrompt(input, deps);
  if (found !== undefined) return found;
  const piped = input.acceptsPipe === true ? await terminal.readLine() : undefined;
  if (piped !== undefined) return new Secret(piped);
  const usable = usableVariable(input, env);
  const sources = [
    ...listHiddenSources(input),
    ...(usable === undefined ? [] : [usable, `${usable}_FILE`]),
  ];
  const isForOtherServer =
    variable !== undefined && recipient !== undefined && !isForInstallation(recipient, env);
  const reason = isForOtherServer ? `; ${describeIntendedServer(variable, env)}` : '';
  const pipeHint = input.acceptsPipe === true ? ', or pipe it in' : '';
  const hint = `use ${formatAlternatives(sources)}${pipeHint}${reason}`;
  input.beforePrompt?.();
  return new Secret(await terminal.prompt({ message: prompt, hidden: true, hint }));
}

async function findWithoutPrompt(
  input: SecretInput,
  { terminal, env }: SecretSourceDeps,
): Promise<Secret | undefined> {
  const { value, valueFlag, file, fileFlag = '', pksVariables = [] } = input;
  if (value !== undefined) {
    // An empty value does not reveal anything.
    if (value !== '') {
      terminal.warn(
        `the value of ${valueFlag} is visible to other users of this machine; use ${formatAlternatives(listHiddenSources(input))} instead`,
      );
    }
    return new Secret(value);
  }
  if (file !== undefined) return readSecretFile(file, fileFlag, terminal.readStdin);
  for (const variable of pksVariables) {
    const secret = env[variable];
    if (secret === undefined) continue;
    await input.onPksVariable?.(variable);
    return new Secret(secret);
  }
  const usable = usableVariable(input, env);
  return usable === undefined ? undefined : readEnvironmentSecret(env, usable, terminal.readStdin);
}

/** The sources that hide the secret from other users, for hints. */
function listHiddenSources({ fileFlag, pksVariables = [] }: SecretInput): readonly string[] {
  return [...(fileFlag === undefined ? [] : [fileFlag]), ...pksVariables];
}

/** Formats names as `A`, `A or B`, or `A, B or C`. */
function formatAlternatives(names: readonly string[]): string {
  return names.join(', ').replace(/, (?=[^,]*$)/, ' or ');
}

/** The variable, if it may be used for this recipient. */
function usableVariable(
  { variable, recipient }: SecretInput,
  env: Environment,
): SecretVariable | undefined {
  if (variable === undefined || recipient === undefined) return variable;
  return isForRecipient(recipient, variable, env) ? variable : undefined;
}

function emptySecretError({ prompt, value, valueFlag, fileFlag }: SecretInput): TpksError {
  const label = prompt.replace(/[\s:]+$/, '');
  const source =
    value === undefined
      ? `input of ${fileFlag ?? 'stdin'} or the variable`
      : `value of ${valueFlag}`;
  return new TpksError('usage', `${label} is empty: nothing was sent`, {
    hint: `check the ${source}; five failed logins lock the account`,
  });
}

/**
 * Reads all of stdin, for the file name `-`.
 * @param name - the option or variable that contains the file name.
 */
export type ReadStdin = (name: string) => Promise<string>;

/** The credentials of a user or of a UAA client. */
export type Credentials =
  | { readonly kind: 'user'; readonly username: string; readonly password: Secret }
  | { readonly kind: 'client'; readonly clientId: string; readonly secret: Secret };

/**
 * Reads the credentials from the environment: `TPKS_USERNAME` with `TPKS_PASSWORD` or
 * `TPKS_PASSWORD_FILE`, or `TPKS_CLIENT_NAME` with `TPKS_CLIENT_SECRET` or
 * `TPKS_CLIENT_SECRET_FILE`.
 * @returns `undefined` if they are incomplete.
 * @throws {TpksError} `usage` if both a user and a client are set, or if a file cannot be read.
 */
export async function readEnvironmentCredentials(
  env: Environment,
  readStdin: ReadStdin,
): Promise<Credentials | undefined> {
  const username = env.TPKS_USERNAME;
  const clientId = env.TPKS_CLIENT_NAME;
  if (username && clientId) {
    throw new TpksError('usage', 'TPKS_USERNAME and TPKS_CLIENT_NAME are both set', {
      hint: 'unset one of them: a command runs either as a user or as a client',
    });
  }
  if (username) {
    const password = await readEnvironmentSecret(env, 'TPKS_PASSWORD', readStdin);
    return password && { kind: 'user', username, password };
  }
  if (clientId) {
    const secret = await readEnvironmentSecret(env, 'TPKS_CLIENT_SECRET', readStdin);
    return secret && { kind: 'client', clientId, secret };
  }
  return undefined;
}

/**
 * Reads a secret from a variable or, if it is not set, from the file that `NAME_FILE` names.
 * @param name - e.g. `TPKS_PASSWORD`.
 * @returns `undefined` if neither is set.
 * @throws {TpksError} `usage` if the file cannot be read.
 */
export async function readEnvironmentSecret(
  env: Environment,
  name: SecretVariable,
  readStdin: ReadStdin,
): Promise<Secret | undefined> {
  const value = env[name];
  if (value !== undefined) return new Secret(value);
  const file = env[`${name}_FILE`];
  return file ? readSecretFile(file, `${name}_FILE`, readStdin) : undefined;
}

/**
 * Reads a secret from a file, without one trailing line break.
 * @param path - `-` for stdin.
 * @param source - the option or variable that contains the path, for the error message.
 * @throws {TpksError} `usage` if the file cannot be read.
 */
export async function readSecretFile(
  path: string,
  source: string,
  readStdin: ReadStdin,
): Promise<Secret> {
  if (path === '-') return new Secret(trimLineEnd(await readStdin(source)));
  try {
    return new Secret(trimLineEnd(await readTextAsync(path, userFileOptions)));
  } catch (error) {
    throw new TpksError(
      'usage',
      `Cannot read ${path} from ${source}: ${describeDiskError(error)}`,
      {
        hint: `check the path in ${source}, or set it to - to read from stdin`,
        cause: error,
      },
    );
  }
}

function trimLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}
