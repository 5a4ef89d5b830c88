import { readClaims, readTextClaim } from '../auth/claims.js';
import type { StoredSession } from '../auth/session-content.js';
import type { Settings } from '../config/settings.js';
import { deleteContext } from '../commands/uaa/token/delete.js';
import { select } from '../contexts/selection.js';
import { findCurrentTarget, listTargets, type UaaTarget } from '../contexts/targets.js';
import { isTpksError } from '../errors.js';
import { findTypedContext, listContexts, type UaacContext } from './context-list.js';
import { programError } from './uaac-error.js';
import type { UaacRun } from './uaac-run.js';

/** Selects a context, and shows the current one with its token. */
export async function context(run: UaacRun): Promise<void> {
  const { args, services, print } = run;
  const file = await services.settings();
  const [word] = args;
  let settings = await file.read();
  const target = findCurrentTarget(settings);
  if (word !== undefined) {
    if (target === undefined) throw programError('ArgumentError', 'target not set');
    const selected = findTypedContext(word, listContexts(settings, target));
    if (selected === undefined) throw programError('ArgumentError', `unknown context ${word}`);
    settings = await file.update((current) =>
      select(current, target.uaa, { role: 'uaa', name: selected.name }),
    );
  }
  const contexts = target === undefined ? [] : listContexts(settings, target);
  if (target === undefined || !contexts.some(({ isCurrent }) => isCurrent)) {
    return print(`no context set in target ${target?.uaa ?? ''}`);
  }
  await showTarget(target, { settings, isShown: ({ isCurrent }) => isCurrent }, run);
  await print('');
}

/** Shows all targets with all contexts and their tokens. */
export async function contexts(run: UaacRun): Promise<void> {
  const settings = await (await run.services.settings()).read();
  for (const target of listTargets(settings)) {
    await showTarget(target, { settings, isShown: () => true }, run);
  }
  await run.print('');
}

interface Selection {
  readonly settings: Settings;
  readonly isShown: (context: UaacContext) => boolean;
}

async function showTarget(
  target: UaaTarget,
  { settings, isShown }: Selection,
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
    if (!isShown(each)) continue;
    const mark = each.isCurrent && isCurrentTarget ? '*' : ' ';
    await print(
      '',
      `  [${String(index)}]${mark}[${each.label}]`,
      ...(await readAttributes(each, run)).map(([key, value]) => `      ${key}: ${value}`),
    );
  }
}

/** The attributes of a context, in the order of the original. */
async function readAttributes(
  { name, clientId }: UaacContext,
  run: UaacRun,
): Promise<readonly (readonly [string, string])[]> {
  const session = await readSession(name, run);
  if (session === undefined) return [['client_id', clientId]];
  const claims = readClaims(session.accessToken) ?? {};
  const formatToken = (
    key: string,
    token: { reveal: () => string } | undefined,
  ): [string, string][] =>
    token === undefined ? [] : [[key, run.isTerminal ? formatHiddenToken(name) : token.reveal()]];
  const formatClaim = (key: string, claim: string): [string, string][] => {
    const value = readTextClaim(claims, claim);
    return value === undefined ? [] : [[key, value]];
  };
  return [
    ...formatClaim('user_id', 'user_id'),
    ['client_id', clientId],
    ...formatToken('access_token', session.accessToken),
    ['token_type', 'bearer'],
    ...formatToken('id_token', session.idToken),
    ...formatToken('refresh_token', session.refreshToken),
    ['expires_in', String(session.lifetimeSeconds)],
    ['scope', session.scope],
    ...formatClaim('jti', 'jti'),
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
    const session = await services.session(await services.findContext(name));
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
  const settings = await (await services.settings()).read();
  const names = findNamesToDelete(settings, args, options.flag('all') === true);
  if (names === undefined) {
    return print('no target set, no contexts given -- nothing to delete');
  }
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
