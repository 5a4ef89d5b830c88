import { isTpksError } from '../base/errors.js';
import type { Secret } from '../base/secret.js';
import { setTarget } from '../commands/uaa/targets.js';
import { deleteContext } from '../commands/uaa/token/delete.js';
import { readClaims, readTextClaim } from '../domain/auth/claims.js';
import type { StoredSession } from '../domain/auth/session-content.js';
import { selectInstallation } from '../domain/contexts/current-installation.js';
import {
  findCurrentTarget,
  findTarget,
  findUaacContext,
  listTargets,
  type UaaTarget,
} from '../domain/contexts/targets.js';
import type { Settings, SettingsFile } from '../platform/config/settings.js';
import { describeFailure, programError, UaacError } from './uaac-error.js';
import type { UaacRun } from './uaac-run.js';

export async function target(run: UaacRun): Promise<void> {
  const { args, options, services } = run;
  const [url] = args;
  const caCert = options.text('ca-cert');
  const skipSslValidation = options.flag('skip-ssl-validation');
  if (url !== undefined || caCert !== undefined || skipSslValidation !== undefined) {
    const isKnown = isNumber(url) && caCert === undefined && skipSslValidation === undefined;
    const force = isKnown || options.flag('force') === true;
    const input = { url, caCert, skipSslValidation, force };
    await setTarget(input, services).catch(async (error: unknown) => {
      throw await toTargetError(error, url, run);
    });
  }
  await printTarget(run);
}

async function toTargetError(
  error: unknown,
  url: string | undefined,
  { services }: UaacRun,
): Promise<unknown> {
  if (!isTpksError(error) || ['keychain', 'storage', 'usage'].includes(error.kind)) return error;
  if (error.kind === 'notFound' && error.status === undefined) {
    return new UaacError([isNumber(url) ? 'invalid target index' : 'no target set']);
  }
  const { uaa } = findTarget(url, await services.settings.read());
  return new UaacError([`failed to access ${uaa}: ${describeFailure(error)}`], error);
}

/** Whether the user entered the number of a target, so that the target must be known. */
function isNumber(url: string | undefined): boolean {
  return url !== undefined && /^\d+$/.test(url);
}

async function printTarget({ services, print }: UaacRun): Promise<void> {
  const settings = await services.settings.read();
  const current = findCurrentTarget(settings);
  if (current === undefined) return print('no target set');
  const context = findCurrentContext(settings);
  await print(
    '',
    `Target: ${current.uaa}`,
    ...(context === undefined
      ? []
      : [`Context: ${context.label}, from client ${context.clientId}`]),
    '',
  );
}

export async function targets({ services, print }: UaacRun): Promise<void> {
  const settings = await services.settings.read();
  const current = findCurrentTarget(settings)?.uaa;
  const known = listTargets(settings);
  if (known.length === 0) return print('', 'no targets');
  await print(
    ...known.map(({ uaa }, number) => `${String(number)} ${uaa === current ? '*' : ' '} ${uaa}`),
    '',
  );
}

interface UaacContext {
  /** The name in the settings of tpks. */
  readonly name: string;
  /** The identity in lower case, as in `uaac`; the full name if another context has that label. */
  readonly label: string;
  readonly clientId: string;
  readonly isCurrent: boolean;
}

/**
 * Lists the contexts of a target, in the order of their numbers. If several have the same identity,
 * the current one, or else the last one, has the short label.
 */
function listContexts(settings: Settings, { uaa }: UaaTarget): readonly UaacContext[] {
  const current = findUaacContext(settings);
  const entries = Object.entries(settings.contexts).filter(([, each]) => each.uaa === uaa);
  return entries.map(([name, { identity, clientId }]) => {
    const label = identity.toLowerCase();
    const sameLabel = entries.filter(([, other]) => other.identity.toLowerCase() === label);
    const names = sameLabel.map(([other]) => other);
    const labelOwner = names.find((other) => other === current) ?? names.at(-1);
    const isCurrent = name === current;
    return { name, label: name === labelOwner ? label : name, clientId, isCurrent };
  });
}

export function findCurrentContext(settings: Settings): UaacContext | undefined {
  return listTargets(settings)
    .flatMap((target) => listContexts(settings, target))
    .find(({ isCurrent }) => isCurrent);
}

/**
 * Finds a context by the user's input: a number, a label or a name.
 * @returns `undefined` if no context matches.
 */
function findTypedContext(word: string, contexts: readonly UaacContext[]): UaacContext | undefined {
  if (/^\d+$/.test(word)) return contexts[Number(word)];
  const typed = word.toLowerCase();
  return (
    contexts.find(({ name }) => name === word) ??
    contexts.find(({ label }) => label.toLowerCase() === typed)
  );
}

export async function context(run: UaacRun): Promise<void> {
  const { args, services, print } = run;
  const [word] = args;
  const file = services.settings;
  const settings = word === undefined ? await file.read() : await selectContext(word, file);
  const target = findCurrentTarget(settings);
  const contexts = target === undefined ? [] : listContexts(settings, target);
  if (target === undefined || !contexts.some(({ isCurrent }) => isCurrent)) {
    return print(`no context set in target ${target?.uaa ?? ''}`);
  }
  await showTarget(target, { settings, isOnlyCurrent: true }, run);
  await print('');
}

/** @returns the new settings. */
async function selectContext(word: string, file: SettingsFile): Promise<Settings> {
  const settings = await file.read();
  const target = findCurrentTarget(settings);
  if (target === undefined) throw programError('ArgumentError', 'target not set');
  const selected = findTypedContext(word, listContexts(settings, target));
  if (selected === undefined) throw programError('ArgumentError', `unknown context ${word}`);
  const { name } = selected;
  return file.update((current) => selectInstallation(current, target.uaa, { role: 'uaa', name }));
}

export async function contexts(run: UaacRun): Promise<void> {
  const settings = await run.services.settings.read();
  for (const target of listTargets(settings)) {
    await showTarget(target, { settings, isOnlyCurrent: false }, run);
  }
  await run.print('');
}

async function showTarget(
  target: UaaTarget,
  { settings, isOnlyCurrent }: { readonly settings: Settings; readonly isOnlyCurrent: boolean },
  run: UaacRun,
): Promise<void> {
  const { print } = run;
  const number = listTargets(settings).findIndex(({ uaa }) => uaa === target.uaa);
  const isCurrentTarget = findCurrentTarget(settings)?.uaa === target.uaa;
  await print(
    '',
    `[${String(number)}]${isCurrentTarget ? '*' : ' '}[${target.uaa}]`,
    ...(target.skipTlsVerification ? ['  skip_ssl_validation: true'] : []),
    ...(target.caCert === undefined ? [] : ['  ca_cert: stored by tpks']),
  );
  for (const [index, each] of listContexts(settings, target).entries()) {
    if (isOnlyCurrent && !each.isCurrent) continue;
    const mark = each.isCurrent && isCurrentTarget ? '*' : ' ';
    await print(
      '',
      `  [${String(index)}]${mark}[${each.label}]`,
      ...(await formatAttributes(each, run)).map((line) => `      ${line}`),
    );
  }
}

/** Formats the attributes of a context as `key: value` lines, in the same order as the original. */
async function formatAttributes(
  { name, clientId }: UaacContext,
  run: UaacRun,
): Promise<readonly string[]> {
  const session = await readSession(name, run);
  if (session === undefined) return [`client_id: ${clientId}`];
  const { accessToken, idToken, refreshToken, lifetimeSeconds, scope } = session;
  const claims = readClaims(accessToken) ?? {};
  const formatToken = (key: string, token: Secret): string =>
    `${key}: ${run.isTerminal ? formatHiddenToken(name) : token.reveal()}`;
  const formatClaim = (key: string): readonly string[] => {
    const value = readTextClaim(claims, key);
    return value === undefined ? [] : [`${key}: ${value}`];
  };
  return [
    ...formatClaim('user_id'),
    `client_id: ${clientId}`,
    formatToken('access_token', accessToken),
    'token_type: bearer',
    ...(idToken === undefined ? [] : [formatToken('id_token', idToken)]),
    ...(refreshToken === undefined ? [] : [formatToken('refresh_token', refreshToken)]),
    `expires_in: ${String(lifetimeSeconds)}`,
    `scope: ${scope}`,
    ...formatClaim('jti'),
  ];
}

function formatHiddenToken(name: string): string {
  return `hidden on a terminal; to print it: tpks token --context ${name}`;
}

/** Reads the session. Renews an expired token first, if possible, because scripts use the token. */
async function readSession(
  name: string,
  { services }: UaacRun,
): Promise<StoredSession | undefined> {
  try {
    const session = services.session(await services.findContext(name));
    await session.accessToken().catch((error: unknown) => {
      if (!isTpksError(error)) throw error;
    });
    return await session.readStored();
  } catch (error) {
    if (!isTpksError(error)) throw error;
    services.terminal.warn(`the session of ${name} cannot be read: ${error.message}`);
    return undefined;
  }
}

/** Deletes the current context, the named ones or all. Keeps the targets, and ignores unknown names. */
export async function tokenDelete(run: UaacRun): Promise<void> {
  const { args, options, services, print } = run;
  const settings = await services.settings.read();
  const names = findNamesToDelete(settings, args, options.flag('all') === true);
  if (names === undefined) return print('no target set, no contexts given -- nothing to delete');
  for (const name of names) await deleteContext(name, services);
}

function findNamesToDelete(
  settings: Settings,
  args: readonly string[],
  isAll: boolean,
): readonly string[] | undefined {
  if (isAll) return Object.keys(settings.contexts);
  const target = findCurrentTarget(settings);
  const known = target === undefined ? [] : listContexts(settings, target);
  if (args.length > 0) {
    return [...new Set(args.flatMap((word) => findTypedContext(word, known)?.name ?? []))];
  }
  const current = known.find(({ isCurrent }) => isCurrent);
  return current && [current.name];
}
