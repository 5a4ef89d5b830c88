import * as v from 'valibot';
import { TpksError } from '../../base/errors.js';
import { getOwnValue, isObject } from '../../base/json-value.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Send } from '../../platform/http/send.js';
import { createApiClient, segmentSchema, type ApiClient } from '../client/api-client.js';
import type { Explain, Failure } from '../client/api-error.js';

/** @param send - must throw for every status other than 2xx. @param uaa - without a trailing slash. */
export function createUaaApi(send: Send, uaa: string): ApiClient {
  return createApiClient(send, {
    name: 'UAA',
    baseUrl: uaa,
    malformedHint: 'check the address of the UAA: tpks uaa target',
  });
}

/** Epoch milliseconds within the range of `Date`. */
export const timeSchema = v.pipe(v.number(), v.minValue(-8.64e15), v.maxValue(8.64e15));

export const memberSchema = v.looseObject({
  value: segmentSchema,
  /** `USER`, or `GROUP` for a nested group. */
  type: v.optional(v.string()),
  /** The identity provider that assigned the membership; `uaa` if an administrator added it. */
  origin: v.optional(v.string()),
});

/**
 * Returns what the UAA's container and firewall reject in a path, even if it is encoded, e.g. `a slash`.
 * @see docs/contributing/servers/uaa.md#paths; Tomcat's `ALLOW_ENCODED_SLASH`, Spring Security's `StrictHttpFirewall`
 */
export function describeUaaPathProblem(text: string): string | undefined {
  if (text === '.' || text === '..') return 'only dots';
  if (!text.isWellFormed()) return 'an incomplete Unicode character';
  return rejectedParts.find(({ pattern }) => pattern.test(text))?.name;
}

const rejectedParts = [
  { pattern: /\//, name: 'a slash' },
  { pattern: /\\/, name: 'a backslash' },
  { pattern: /%/, name: 'a percent sign' },
  { pattern: /;/, name: 'a semicolon' },
  { pattern: /\0/, name: 'a null byte' },
  // The path variables of the UAA's routes do not match line breaks.
  { pattern: /[\n\r\u0085\u2028\u2029]/, name: 'a line break' },
];

/** The owner of the token that is used. */
export interface TokenOwner {
  /** Name of the user, or id of the client. */
  readonly identity: string;
  readonly clientId: string;
  /** `client_credentials` for a token of the client itself. */
  readonly grant: string;
}

/** Explains errors that depend on the owner of the token: which scope is missing, and how to get it. */
export function explainUaaFailure(owner: TokenOwner): Explain {
  return (failure) => {
    const scope = findMissingScope(failure);
    if (scope === undefined) return undefined;
    const { status, oauthError = 'insufficient_scope', body } = failure;
    return new TpksError('forbidden', `Your token lacks the required scope ${scope}`, {
      hint: formatScopeHint(scope, owner).join('\n'),
      status,
      oauthError,
      body,
    });
  };
}

/**
 * Finds the scope to ask for: the first one, except `uaa.admin` and the scopes of zones, which allow far more.
 * @see docs/contributing/servers/uaa.md#missing-scopes
 */
function findMissingScope({
  request,
  status,
  oauthError,
  message,
  body,
}: Failure): string | undefined {
  if (status !== 403) return undefined;
  // These routes return no error code.
  if (oauthError === undefined && /\/identity-providers\b/.test(request.url)) {
    return request.method === 'GET' ? 'idps.read' : 'idps.write';
  }
  if (oauthError === 'access_denied') {
    const [, resource = ''] = /resource id \((\w+)\)/.exec(message) ?? [];
    return getOwnValue(scopesByResource, resource);
  }
  if (oauthError !== 'insufficient_scope') return undefined;
  const accepted = isObject(body) ? body['scope'] : undefined;
  return typeof accepted === 'string'
    ? accepted.split(' ').find((scope) => scope !== 'uaa.admin' && !/^zones\.[^.]+\./.test(scope))
    : undefined;
}

/** Some routes require an audience. Maps the audience in the error message to the scope that adds it. */
const scopesByResource: Readonly<Record<string, string>> = {
  openid: 'openid',
  password: 'password.write',
  oauth: 'oauth.approvals',
};

function formatScopeHint(scope: string, { identity, clientId, grant }: TokenOwner): string[] {
  const client = quoteForShell(clientId);
  if (grant !== 'client_credentials') {
    return [
      'use the token of a client that has the scope: tpks uaa token client get admin',
      `or log in again as ${identity} after an administrator has run: ` +
        `tpks uaa member add ${scope} ${quoteForShell(identity)}`,
      `(the client ${clientId} must also allow the scope: tpks uaa client get ${client})`,
    ];
  }
  if (scope === 'openid') {
    return [
      `the token belongs to the client ${clientId}, not to a user; show the client: ` +
        `tpks uaa client get ${client}`,
      'get the token of a user: tpks login, or tpks uaa token owner get',
    ];
  }
  return [
    `ask an administrator to add it to the authorities of the client ${clientId}, then get a new token`,
    `show the authorities: tpks uaa client get ${client}`,
    `replace them: tpks uaa client update ${client} --authorities LIST`,
  ];
}

/** Selects an identity zone: a part of the UAA with separate users, groups and clients. */
export type Zone = { readonly id: string } | { readonly subdomain: string };

/** Returns the header that selects a zone. @see docs/contributing/servers/uaa.md#zones */
export function createZoneHeader(zone: Zone): Readonly<Record<string, string>> {
  return 'id' in zone
    ? { 'x-identity-zone-id': zone.id }
    : { 'x-identity-zone-subdomain': zone.subdomain };
}

export function withZone(send: Send, zone: Zone): Send {
  const header = createZoneHeader(zone);
  return (request) => send({ ...request, headers: { ...request.headers, ...header } });
}

/** Explains errors about a zone, because the UAA's response is only an empty object. */
export function explainZone(zone: Zone): Explain {
  const what = 'id' in zone ? `the id ${zone.id}` : `the subdomain ${zone.subdomain}`;
  return ({ status, body }) => {
    if (!isObject(body) || Object.keys(body).length > 0) return undefined;
    if (status === 404) {
      return new TpksError('failed', `Identity zone with ${what} not found`, {
        hint: 'list the zones: tpks uaa zones; omit --zone to use the default zone',
        status,
      });
    }
    if (status !== 403) return undefined;
    const message = `Your token does not have access to the identity zone with ${what}`;
    return new TpksError('forbidden', message, {
      hint: 'use a token with the scope uaa.admin or zones.ZONE-ID.admin',
      status,
    });
  };
}
