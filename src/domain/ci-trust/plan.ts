import { mapInParallel } from '../../base/in-parallel.js';
import { isSameValue, readAttributes, toList } from '../../api/uaa/client-attributes.js';
import type { Client } from '../../api/uaa/clients.js';
import { isSameName } from '../../api/uaa/filters.js';
import type { IdentityProvider } from '../../api/uaa/identity-providers.js';
import { readInfo } from '../../api/uaa/info.js';
import { isDefaultGroupError } from '../../api/uaa/members.js';
import {
  isTrustClient,
  isTrustProvider,
  trustEmail,
  trustGroupPrefix,
  trustMark,
} from '../../api/uaa/trust-marks.js';
import type { User } from '../../api/uaa/users.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import { toPlainText } from '../../base/json-value.js';
import { Secret } from '../../base/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Send } from '../../platform/http/send.js';
import {
  createDiscoveryUrl,
  createKeySettings,
  createOrigin,
  type TrustRequest,
} from './request.js';
import {
  ignoreNotFound,
  jwtBearerGrant,
  readSetting,
  readSettings,
  readUserClaim,
  type TrustContent,
  type TrustResources,
  type TrustStep,
} from './content.js';

interface PlanDeps {
  readonly content: TrustContent;
  readonly resources: TrustResources;
  readonly send: Send;
  readonly uaa: string;
}

/**
 * Plans the missing parts of a trust. The memberships come last, so that no job can log in before `trust list`
 * shows its trust.
 */
export async function planTrust(
  request: TrustRequest,
  deps: PlanDeps,
): Promise<readonly TrustStep[]> {
  const provider = findProvider(request, deps.content);
  const origin = provider?.originKey ?? createOrigin(request);
  if (provider !== undefined) checkProvider(provider, request);
  if (request.tokenKey?.isJwks === true) await checkRelease(deps);
  const clientSteps = await planClient(request, origin, deps.resources);
  const { users } = deps.resources;
  const user = await ignoreNotFound(users.get({ name: request.subject, origin }));
  checkOtherTrusts(request, user, deps.content);
  return [
    ...planProvider(request, provider, origin, deps.resources),
    ...clientSteps,
    ...(await planUser(request, { user, origin }, deps)),
  ];
}

function findProvider(
  { issuer }: TrustRequest,
  { providers }: TrustContent,
): IdentityProvider | undefined {
  return providers.find((provider) => {
    const known = readSetting(provider, 'issuer');
    const isSame =
      known === undefined
        ? readSetting(provider, 'discoveryUrl') === createDiscoveryUrl(issuer)
        : known === issuer;
    return provider.type === 'oidc1.0' && isSame;
  });
}

/** All trusts of an issuer share its provider. @throws {TpksError} `conflict` if its settings differ. */
function checkProvider(provider: IdentityProvider, request: TrustRequest): void {
  const { addShadowUserOnLogin, skipSslValidation } = readSettings(provider);
  const differences = [
    ['audience', readSetting(provider, 'relyingPartyId') ?? 'none', request.audience],
    ['user claim', readUserClaim(provider), request.userClaim],
    ['addShadowUserOnLogin', toPlainText(addShadowUserOnLogin ?? true), 'false'],
    ['skipSslValidation', toPlainText(skipSslValidation ?? false), 'false'],
    ['active', String(provider.active ?? true), 'true'],
  ].flatMap(([what, actual, expected]) =>
    actual === expected ? [] : `${what} ${actual} (expected ${expected})`,
  );
  if (differences.length === 0) return;
  const { originKey } = provider;
  throw new TpksError(
    'conflict',
    `The identity provider ${originKey} of the issuer ${request.issuer} has different settings: ${differences.join('; ')}`,
    {
      hint:
        'all trusts of an issuer share one identity provider\n' +
        `use the same values, or show the provider: tpks uaa idp get ${quoteForShell(originKey)}`,
    },
  );
}

/** @see docs/contributing/servers/ci.md#signing-keys */
async function checkRelease({ send, uaa }: PlanDeps): Promise<void> {
  const { app } = await readInfo(send, uaa);
  if (Number.parseInt(app.version, 10) >= 77) return;
  throw new TpksError('failed', `UAA ${app.version} does not accept a JWKS as --token-key`, {
    hint: 'use a PEM file with one key; a JWKS requires UAA 77 or later',
  });
}

function planProvider(
  request: TrustRequest,
  existing: IdentityProvider | undefined,
  origin: string,
  { providers }: TrustResources,
): readonly TrustStep[] {
  const { issuer, audience, userClaim, tokenKey, system } = request;
  const kind = 'identity provider';
  const keys = createKeySettings(request);
  if (existing === undefined) {
    const config = {
      ...keys,
      issuer,
      relyingPartyId: audience,
      // Old releases require one, and send it to the issuer.
      relyingPartySecret: 'unused',
      // `true` would change the login page and the prompts of users.
      showLinkText: false,
      addShadowUserOnLogin: false,
      attributeMappings: { user_name: userClaim },
      additionalConfiguration: trustMark,
    };
    const name = `${system?.title ?? new URL(issuer).host} (CI)`;
    const run = () => providers.add({ originKey: origin, name, config });
    const values = { issuer, audience, userClaim };
    return [{ action: 'add', kind, name: origin, values, run }];
  }
  if (tokenKey === undefined || readSetting(existing, 'tokenKey')?.trim() === tokenKey.text) {
    return [];
  }
  if (!isTrustProvider(existing)) {
    throw new TpksError(
      'conflict',
      `The identity provider ${origin} was not created by tpks uaa trust add, so its key cannot be replaced`,
      { hint: 'omit --token-key' },
    );
  }
  const config = { ...readSettings(existing), tokenKeyUrl: null, discoveryUrl: null, ...keys };
  const run = () => providers.update({ ...existing, config });
  const values = { tokenKey: 'from --token-key' };
  return [{ action: 'change', kind, name: origin, values, run }];
}

const clientLifetimeSeconds = 600;

async function planClient(
  { clientId: name, scopes }: TrustRequest,
  origin: string,
  { clients }: TrustResources,
): Promise<readonly TrustStep[]> {
  const kind = 'client';
  const existing = await ignoreNotFound(clients.get(name));
  if (existing !== undefined && !isTrustClient(existing)) {
    const gaps = findClientGaps(existing, { origin, scopes });
    if (gaps.length === 0) return [];
    throw new TpksError(
      'conflict',
      `The client ${name} was not created by tpks uaa trust add, and it lacks: ${gaps.join('; ')}`,
      { hint: 'omit --client, or choose another name: tpks does not change this client' },
    );
  }
  const actual = existing === undefined ? {} : readAttributes(existing);
  const extend = (attribute: string, values: readonly string[]): readonly string[] =>
    [...new Set([...toList(actual[attribute] ?? []), ...values])].sort();
  const goal = {
    authorized_grant_types: [jwtBearerGrant],
    scope: extend('scope', ['openid', ...scopes]),
    allowedproviders: extend('allowedproviders', [origin]),
    autoapprove: true,
  };
  const change = () => clients.update(name, goal);
  const { scope, allowedproviders } = goal;
  const values = { scope, allowedproviders };
  if (existing !== undefined) {
    const isEqual = Object.entries(goal).every(([key, value]) => isSameValue(value, actual[key]));
    return isEqual ? [] : [{ action: 'change', kind, name, values, run: change }];
  }
  // The UAA rejects a new client with this grant and no secret, but not a later change to this grant.
  const add = async (): Promise<void> => {
    await clients.add({
      id: name,
      secret: new Secret(''),
      attributes: {
        ...trustMark,
        name: 'tpks CI logins',
        scope: ['openid'],
        authorities: ['uaa.none'],
        authorized_grant_types: ['password'],
        allowedproviders,
        access_token_validity: clientLifetimeSeconds,
      },
    });
    try {
      await change();
    } catch (error) {
      await clients.remove(name).catch(() => undefined);
      throw error;
    }
  };
  return [{ action: 'add', kind, name, values, run: add }];
}

/** @returns what a client needs for logins with ID tokens of an origin. */
export function findClientGaps(
  client: Client,
  { origin, scopes }: { readonly origin: string; readonly scopes: readonly string[] },
): readonly string[] {
  const attributes = readAttributes(client);
  const listOf = (name: string) => toList(attributes[name] ?? []);
  const missingScopes = scopes.filter((scope) => !listOf('scope').includes(scope));
  const isApproved =
    attributes['autoapprove'] === true ||
    listOf('scope').every((scope) => listOf('autoapprove').includes(scope));
  const origins = attributes['allowedproviders'];
  return [
    listOf('authorized_grant_types').includes(jwtBearerGrant) ? [] : `the grant ${jwtBearerGrant}`,
    missingScopes.map((scope) => `the scope ${scope}`),
    isApproved ? [] : 'autoapprove for all its scopes',
    origins === undefined || toList(origins).includes(origin)
      ? []
      : `the origin ${origin} in allowedproviders`,
  ].flat();
}

/** Each name has one subject, and each subject one name, so that `trust remove` cannot delete another trust. */
function checkOtherTrusts(
  { name, subject }: TrustRequest,
  user: User | undefined,
  { groups, users }: TrustContent,
): void {
  for (const { displayName, members = [] } of groups) {
    const other = displayName.slice(trustGroupPrefix.length);
    const member = users.find(({ id }) => members.some(({ value }) => value === id));
    const isNamed = isSameName(other, name);
    if (member === undefined || isNamed === (member.id === user?.id)) continue;
    const otherName = quoteForShell(other);
    throw isNamed
      ? new TpksError(
          'conflict',
          `The trust ${other} has another subject: ${member.userName} (origin ${member.origin})`,
          {
            hint: `choose another name, or remove this trust first: tpks uaa trust remove ${otherName}`,
          },
        )
      : new TpksError('conflict', `The trust ${other} already has the subject ${subject}`, {
          hint: `to add scopes, use this name: tpks uaa trust add ${otherName} ...`,
        });
  }
}

/** Plans the user, then the group with the name of the trust, and the memberships last. */
async function planUser(
  { name, subject, scopes }: TrustRequest,
  { user, origin }: { readonly user: User | undefined; readonly origin: string },
  { resources, content }: PlanDeps,
): Promise<readonly TrustStep[]> {
  const { users, groups, members } = resources;
  /** Known after the first step. */
  const ids = { user: user?.id ?? '' };
  const steps: TrustStep[] = [];
  if (user === undefined) {
    const run = async (): Promise<void> => {
      // UAA 77 replaces the email at the first login.
      const added = { userName: subject, origin, emails: [trustEmail], phoneNumbers: [] };
      ids.user = (await users.add(added)).id;
    };
    steps.push({ action: 'add', kind: 'user', name: subject, values: { origin }, run });
  }
  const displayName = trustGroupPrefix + name;
  const group = content.groups.find((each) => isSameName(each.displayName, displayName));
  if (!(group?.members ?? []).some(({ value }) => value === ids.user)) {
    const run = async (): Promise<void> => {
      // UAA 77 changes the case of the username to match the last login.
      const { id } = group ?? (await groups.add({ displayName, description: subject }));
      await addMember(() => members.add(id, { id: ids.user }));
    };
    steps.push({ action: group ? 'change' : 'add', kind: 'group', name: displayName, run });
  }
  const memberships = await mapInParallel(scopes, async (scope) => {
    const { id: groupId, displayName: name } = await groups.identify(scope);
    const member = user && (await ignoreNotFound(members.get(groupId, user.id)));
    if (member !== undefined && (member.origin ?? 'uaa') === 'uaa') return [];
    const repair = () => members.repair(groupId, { id: ids.user, name: subject });
    const add = () => addMember(() => members.add(groupId, { id: ids.user }));
    const step: TrustStep =
      member === undefined
        ? { action: 'add', kind: 'membership', name, run: add }
        : { action: 'change', kind: 'membership', name, values: { origin: 'uaa' }, run: repair };
    return [step];
  });
  return [...steps, ...memberships.flat()];
}

/** Skips default groups, because all users belong to them. */
async function addMember(add: () => Promise<unknown>): Promise<void> {
  try {
    await add();
  } catch (error) {
    if (!isTpksError(error)) throw error;
    if (error.oauthError !== 'member_already_exists' && !isDefaultGroupError(error)) throw error;
  }
}
