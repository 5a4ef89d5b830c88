import { TpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import type {
  Environment,
  PksSecretVariable,
  SecretVariable,
} from '../../platform/config/environment.js';
import type { Terminal } from '../../platform/terminal/terminal.js';
import { isForInstallation, describeIntendedServer } from '../contexts/addresses.js';
import { isForRecipient, type Recipient } from '../contexts/identity.js';
import type { ClientKey } from './client-key.js';
import {
  readEnvironmentKey,
  readEnvironmentSecret,
  readKeyFile,
  readSecretFile,
} from './credentials.js';
import { runSecretCommand } from './secret-command.js';

/** The possible sources of a secret, in the order in which they are tried. */
export interface SecretInput {
  /** The value on the command line. It is accepted with a warning. */
  readonly value?: string | undefined;
  /** The flag of `value`, e.g. `--password`. */
  readonly valueFlag: string;
  readonly file?: string | undefined;
  /** The flag that sets `file`, e.g. `--password-stdin`; `undefined` if the command has no such flag. */
  readonly fileFlag?: string | undefined;
  /** A command that prints the secret, and the flag that sets it. */
  readonly command?: { readonly flag: string; readonly line: string | undefined } | undefined;
  /** Variables of the original CLI, which are read before `variable`. */
  readonly pksVariables?: readonly PksSecretVariable[] | undefined;
  /** Called with the variable of the original CLI that contains the secret. */
  readonly onPksVariable?: ((variable: PksSecretVariable) => Promise<void>) | undefined;
  /** E.g. `TPKS_PASSWORD`; `TPKS_PASSWORD_FILE` and `TPKS_PASSWORD_COMMAND` are read as well. */
  readonly variable?: SecretVariable | undefined;
  /** If set, the variable is used only if it is meant for this identity and server. */
  readonly recipient?: Recipient;
  /** Whether a line that is piped to stdin is read before the user is prompted. */
  readonly acceptsPipe?: boolean | undefined;
  readonly prompt: string;
  /** The hint if the user cannot be prompted; by default, it lists the other sources. */
  readonly hint?: string;
  /** Awaited before the prompt is shown. */
  readonly beforePrompt?: () => unknown;
  /** Whether to prompt again if the user only presses Enter. */
  readonly promptsAgain?: boolean;
  /** Set for passwords: an empty one is a mistake in a pipe or variable. Client secrets may be empty. */
  readonly rejectEmpty?: boolean;
}

export interface ClientKeyInput {
  readonly file: string | undefined;
  /** The flag that sets `file`. */
  readonly fileFlag: string;
  /** Whether a flag provides a secret, so that keys in the environment are ignored. */
  readonly isSecretGiven: boolean;
  readonly recipient: Recipient;
}

export interface SecretSourceDeps {
  readonly terminal: Pick<Terminal, 'prompt' | 'readStdin' | 'readLine' | 'warn'>;
  readonly env: Environment;
}

export type SecretSource = ReturnType<typeof createSecretSource>;

/** Finds secrets on the command line, in a file, on stdin, in a command's output or in the environment, or prompts for them. */
export function createSecretSource(deps: SecretSourceDeps) {
  return {
    /**
     * Finds a secret, or prompts for it.
     * @throws {TpksError} `usage` if the user cannot be prompted or a file cannot be read; `unauthenticated` if a
     *   command fails; `cancelled`
     */
    find: async (input: SecretInput): Promise<Secret> => {
      const secret = await find(input, deps);
      if (input.rejectEmpty === true && secret.isEmpty) throw emptySecretError(input);
      return secret;
    },
    /** Finds a secret without a prompt. @returns `undefined` if no source has it. */
    findWithoutPrompt: (input: SecretInput) => findWithoutPrompt(input, deps),
    /**
     * Finds the key of a client in a file or in the environment; `undefined` for a client with a secret.
     * @throws {TpksError} `usage` if the key cannot be read, or if the environment also contains a secret.
     */
    findClientKey: async (input: ClientKeyInput): Promise<ClientKey | undefined> => {
      const { file, fileFlag, isSecretGiven, recipient } = input;
      const { env, terminal } = deps;
      if (file !== undefined) return readKeyFile(file, fileFlag, terminal.readStdin);
      return isSecretGiven || !isForRecipient(recipient, 'TPKS_CLIENT_KEY', env)
        ? undefined
        : readEnvironmentKey(env, terminal.readStdin);
    },
  };
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
  const { hint = `use ${formatAlternatives(sources)}${pipeHint}${reason}` } = input;
  await input.beforePrompt?.();
  for (;;) {
    const typed = new Secret(await terminal.prompt({ message: prompt, hidden: true, hint }));
    if (input.promptsAgain !== true || !typed.isEmpty) return typed;
  }
}

async function findWithoutPrompt(
  input: SecretInput,
  { terminal, env }: SecretSourceDeps,
): Promise<Secret | undefined> {
  const { value, valueFlag, file, fileFlag = '', command, pksVariables = [] } = input;
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
  if (command?.line !== undefined) {
    return runSecretCommand(command.line, { source: command.flag, env });
  }
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
