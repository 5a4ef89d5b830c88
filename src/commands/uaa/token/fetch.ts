import type { Token } from '../../../auth/token.js';
import { apiBeside } from '../../../auth/installation.js';
import type { GrantKind } from '../../../config/settings.js';
import { isTpksError, TpksError } from '../../../errors.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { instant } from '../../session/when.js';
import { toScope } from '../arguments.js';
import { nameOrAsk } from '../name.js';
import type { UaaTarget } from '../target/known-targets.js';
import type { FetchFlags } from './fetch-options.js';
import { targetInForce, type TargetDeps } from '../target/target-in-force.js';

export type FetchDeps = TargetDeps & Pick<Services, 'logins' | 'grants' | 'secrets'>;

/** Who is to get a token, with everything secret already in hand. */
export interface Applicant {
  /** As `uaac` calls the grant. */
  readonly grantLabel: 'client credentials' | 'owner password';
  readonly grant: GrantKind;
  readonly identity: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly token: (target: UaaTarget, scope: string | undefined) => Promise<Token>;
}

/**
 * Gets a token, keeps it as a context, and makes that the current one.
 * @param applicant - called, and so asks for secrets, once the store is known to work.
 */
export async function fetchToken(
  flags: FetchFlags,
  applicant: () => Promise<Applicant>,
  deps: FetchDeps,
): Promise<void> {
  const { terminal } = deps;
  const target = await targetInForce(deps);
  const logins = await deps.logins();
  const store = logins.lastingStore(flags.store);
  const prepared = await logins.prepare(store, flags.name);

  const who = await applicant();
  const token = await who.token(target, toScope(flags.scope)).catch((error: unknown) => {
    throw rejected(error, who, target);
  });
  const saved = await prepared.save(
    {
      uaa: target.uaa,
      caCert: target.caCert,
      skipTlsVerification: target.skipTlsVerification,
      api: apiBeside(target.uaa),
      scope: toScope(flags.scope),
      identity: who.identity,
      grant: who.grant,
      clientId: who.clientId,
      name: flags.name,
      clientSecret: flags.saveSecret === true ? who.clientSecret : undefined,
      makeCurrent: 'currentUaa',
    },
    token,
  );
  if (store === 'file') terminal.warn(`the session is kept in a ${logins.describe('file')}`);
  const expiresAt = new Date(token.issuedAt.getTime() + token.lifetimeSeconds * 1000);
  await terminal.show({
    json: {
      context: saved.name,
      uaa: target.uaa,
      identity: saved.context.identity,
      clientId: who.clientId,
      grant: who.grant,
      store,
      scopes: token.scope.split(' ').filter(Boolean),
      accessTokenExpiresAt: instant(expiresAt),
    },
    text: [
      '',
      `Successfully fetched token via ${who.grantLabel} grant.`,
      `Target: ${target.uaa}`,
      `Context: ${saved.name}, from client ${who.clientId}`,
      `Kept in: ${logins.describe(store)}`,
      '',
    ],
  });
}

function rejected(error: unknown, who: Applicant, { uaa }: UaaTarget): unknown {
  if (!isTpksError(error) || error.kind !== 'unauthenticated') return error;
  const user = who.grant === 'password' ? `the user ${who.identity} and its password, ` : '';
  return new TpksError('unauthenticated', error.message, {
    hint: `check ${user}the client ${who.clientId} and its secret, and that the target is right: ${uaa}`,
    cause: error,
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.oauthError === undefined ? {} : { oauthError: error.oauthError }),
  });
}

/** @param typed - the argument; then `TPKS_CLIENT_NAME`; then somebody is asked. */
export function findClientId(
  typed: string | undefined,
  { env, terminal }: FetchDeps,
): Promise<string> {
  const insteadUse = 'give the client as the argument, or TPKS_CLIENT_NAME';
  const found = typed ?? (env['TPKS_CLIENT_NAME'] || undefined);
  return nameOrAsk(found, { prompt: 'Client ID: ', insteadUse }, terminal);
}

/** The secret in the environment counts for the client that is named there, if one is. */
export async function findClientSecret(
  clientId: string,
  { secret, secretFile }: FetchFlags,
  { env, secrets }: FetchDeps,
): Promise<Secret> {
  const named = env['TPKS_CLIENT_NAME'];
  return (await secrets()).find({
    value: secret,
    valueFlag: '--secret',
    file: secretFile,
    fileFlag: '--secret-file',
    variable: !named || named === clientId ? 'TPKS_CLIENT_SECRET' : undefined,
    prompt: 'Client secret: ',
  });
}
