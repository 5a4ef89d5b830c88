import { claims, textClaim } from '../../../auth/claims.js';
import type { Token } from '../../../auth/token.js';
import type { GrantKind } from '../../../config/settings.js';
import { isTpksError } from '../../../errors.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { toScope } from '../../word-list.js';
import { targetInForce, type TargetDeps, type TargetInForce } from '../target/target-in-force.js';
import type { FetchFlags } from './fetch-options.js';
import { fetchedView } from './fetched-view.js';
import { refusal } from './refusal.js';

export type FetchDeps = TargetDeps & Pick<Services, 'logins' | 'grants' | 'secrets' | 'userOf'>;

/** Who is to get a token, with everything secret already in hand. */
export interface Applicant {
  /** As `uaac` calls the grant. */
  readonly grantLabel: string;
  readonly grant: GrantKind;
  /** As it was typed; absent where a person proves in another way who they are. */
  readonly identity?: string | undefined;
  readonly clientId: string;
  /** `undefined`: none, not even an empty one. */
  readonly clientSecret: Secret | undefined;
  readonly token: (scope: string | undefined) => Promise<Token>;
  /** What to look at besides the client when the UAA rejects it, e.g. `the code`. */
  readonly check?: string | undefined;
}

/**
 * Gets a token, keeps it as a context, and makes that the current one.
 * @param applicant - called, and so asks for secrets, once the store is known to work.
 */
export async function fetchToken(
  flags: FetchFlags,
  applicant: (target: TargetInForce) => Promise<Applicant>,
  deps: FetchDeps,
): Promise<void> {
  const { terminal } = deps;
  const target = await targetInForce(deps);
  const logins = await deps.logins();
  const store = logins.lastingStore(flags.store);
  const prepared = await logins.prepare(store, flags.name);

  const who = await applicant(target);
  const scope = toScope(flags.scope);
  const token = await who.token(scope).catch((error: unknown) => {
    throw refusal(error, { ...who, scope, uaa: target.uaa });
  });
  const saved = await prepared.save(
    {
      uaa: target.uaa,
      caCert: target.caCert,
      skipTlsVerification: target.skipTlsVerification,
      api: target.api,
      scope,
      tokenFormat: flags.format,
      isPublicClient: who.clientSecret === undefined ? true : undefined,
      identity: await identityOf(token, who, target, deps),
      grant: who.grant,
      clientId: who.clientId,
      name: flags.name,
      clientSecret: flags.saveSecret === true ? who.clientSecret : undefined,
      makeCurrent: 'currentUaa',
    },
    token,
  );
  // The lines for people say it themselves.
  if (store === 'file' && terminal.wantsJson()) {
    terminal.warn(`the session is kept in a ${logins.describe('file')}`);
  }
  await terminal.show(
    fetchedView({
      ...saved,
      grantLabel: who.grantLabel,
      scope: token.scope,
      expiresAt: new Date(token.issuedAt.getTime() + token.lifetimeSeconds * 1000),
      keptIn: logins.describe(store),
    }),
  );
}

/** By the tokens themselves, by what was typed, and where neither tells by asking the UAA. */
async function identityOf(
  token: Token,
  { identity, grant }: Applicant,
  target: TargetInForce,
  { userOf }: FetchDeps,
): Promise<string> {
  if (grant === 'client_credentials' && identity !== undefined) return identity;
  const told = [token.accessToken, token.idToken ?? ''].flatMap(
    (each) => textClaim(claims(each), 'user_name') ?? [],
  );
  const known = told[0] ?? identity;
  if (known !== undefined) return known;
  try {
    return (await userOf(target, token.accessToken)).user_name;
  } catch (error) {
    // The token is good all the same; it only was not given the scope openid.
    if (isTpksError(error) && error.kind === 'forbidden') return 'unknown';
    throw error;
  }
}
