import { readInfo, type UaaInfo } from '../../api/uaa/info.js';
import type { Services } from '../../app/services.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { hostOf } from '../../base/pks-conventions.js';
import { notUaaError } from '../../domain/auth/login-errors.js';
import type { LoginTarget } from '../../domain/auth/login.js';
import { resolveAddresses } from '../../domain/contexts/addresses.js';
import { findIdentities } from '../../domain/contexts/current-installation.js';
import { formatApi } from '../../domain/contexts/installation.js';
import { wrapHint, wrapWords } from '../../platform/terminal/wrap.js';
import { hasIdentityFlags } from './login-method.js';
import type { LoginFlags } from './login-options.js';

// What `tpks login` asks on a terminal, apart from secrets.

/** The services that the questions need. */
export type QuestionDeps = Pick<
  Services,
  'terminal' | 'env' | 'options' | 'settings' | 'publicUaaRequest' | 'certificates' | 'logins'
>;

/** Asks for the address of the API, unless it is known. The current installation is the default. */
export async function askForApi(flags: LoginFlags, deps: QuestionDeps): Promise<LoginFlags> {
  const { env, terminal } = deps;
  const { context } = deps.options();
  const isGiven = [flags.api, context, env.TPKS_API, env.TPKS_CONTEXT].some(
    (value) => value !== undefined,
  );
  if (isGiven) return flags;
  const current = resolveAddresses({ settings: await deps.settings.read(), env })?.api;
  const isOtherIdentity = hasIdentityFlags(flags) || flags.name !== undefined;
  if (current !== undefined && isOtherIdentity) return flags;
  const known = current === undefined ? undefined : formatApi(current);
  const api = await ask('API address', known, terminal, 'use -a api.example.com or TPKS_API');
  return { ...flags, api };
}

/** The user that PKS commands use at an installation, as the default for the username. */
export async function findKnownUser(
  { uaa }: Pick<LoginTarget, 'uaa'>,
  { settings }: Pick<QuestionDeps, 'settings'>,
): Promise<string | undefined> {
  const current = await settings.read();
  const context = getOwnValue(current.contexts, findIdentities(current, uaa).pks ?? '');
  return context?.grant === 'client_credentials' ? undefined : context?.identity;
}

/** Asks for a value; Enter accepts the default. */
export async function ask(
  label: string,
  defaultValue: string | undefined,
  { prompt }: Pick<Services['terminal'], 'prompt'>,
  hint: string,
): Promise<string> {
  const choice = defaultValue === undefined ? '' : ` [${defaultValue}]`;
  const typed = (await prompt({ message: `${label}${choice}: `, hint })).trim();
  return typed === '' ? (defaultValue ?? '') : typed;
}

/**
 * Checks before the user enters a secret that the server is a UAA, and that its certificate is trusted.
 * @returns the information of the UAA.
 * @throws {TpksError} `unavailable`, `untrusted`
 */
export async function checkUaa(target: LoginTarget, deps: QuestionDeps): Promise<UaaInfo> {
  try {
    return await deps.publicUaaRequest(readInfo, target);
  } catch (error) {
    throw isTpksError(error) && error.kind === 'failed' ? notUaaError(target.uaa, error) : error;
  }
}

/**
 * If a server was rejected only because of its unknown CA, and the server sends that CA, asks whether to
 * trust it. Only a typed `yes` is accepted; no option skips this prompt.
 * @returns the CAs to trust, as PEM. @throws the error, if the CA is not the only problem or the user does not trust it.
 */
export async function askToTrustCa(
  error: unknown,
  target: LoginTarget,
  { terminal, certificates }: QuestionDeps,
): Promise<string> {
  // If the password was read from stdin, the user cannot be prompted.
  if (!isTpksError(error) || error.kind !== 'untrusted' || !terminal.canPrompt()) throw error;
  const url = [target.api, target.uaa].find(
    (each) => each !== undefined && hostOf(each) === error.host,
  );
  const ca = url === undefined ? undefined : await certificates.findUnknownCa(error, url, target);
  if (url === undefined || ca === undefined) throw error;
  const host = hostOf(url);
  const width = terminal.columns();
  const problem = `The certificate of ${host} was issued by a CA that this machine does not trust:`;
  noteLines(wrapWords(problem, 0, width), terminal);
  for (const [label, value] of ca.facts) terminal.note(`  ${`${label}:`.padEnd(13)}${value}`);
  terminal.note('Compare it with the fingerprint that your operator gave you.');
  const answer = await terminal.prompt({
    message: `Trust this CA for ${new URL(url).hostname}? (yes/no): `,
    hint: 'use --ca-cert FILE',
    discardsTypedInput: true,
  });
  if (answer.trim().toLowerCase() === 'yes') return ca.caCert;
  throw error;
}

/**
 * If there is no usable keychain, shows the alternatives, and asks whether to store keys in files by default.
 * @throws the error, if the error is not about the keychain, or the user declines.
 */
export async function askForFileStore(error: unknown, deps: QuestionDeps): Promise<'file'> {
  const { terminal } = deps;
  if (!isTpksError(error) || error.kind !== 'keychain' || !terminal.canPrompt()) throw error;
  const width = terminal.columns();
  noteLines(wrapWords(`${error.message}.`, 0, width), terminal);
  terminal.note('You can:');
  for (const line of (error.hint ?? '').split('\n')) {
    noteLines(`  ${wrapHint(line, 2, width)}`, terminal);
  }
  const answer = await terminal.prompt({
    message: `Store the key in ${await findKeysFolder(deps)} (mode 0600) instead? [y/N]: `,
    hint: 'use --store file',
    discardsTypedInput: true,
  });
  if (!/^y(?:es)?$/i.test(answer.trim())) {
    throw new TpksError('keychain', error.message, {
      hint: 'nothing was stored, and no secret was sent',
      cause: error,
    });
  }
  await deps.settings.update((current) => ({ ...current, defaultStore: 'file' }));
  return 'file';
}

function noteLines(text: string, { note }: Pick<Services['terminal'], 'note'>): void {
  for (const line of text.split('\n')) note(line);
}

/** The folder of the key files, with `~` for the home folder. */
async function findKeysFolder({ logins, env }: QuestionDeps): Promise<string> {
  const folder = await logins.keysFolder();
  const home = env.HOME === undefined ? undefined : `${env.HOME}/`;
  return home !== undefined && folder.startsWith(home) ? `~/${folder.slice(home.length)}` : folder;
}
