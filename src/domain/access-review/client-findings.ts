import { readAttributes, toList } from '../../api/uaa/client-attributes.js';
import type { Client } from '../../api/uaa/clients.js';
import { formatDuration } from '../../base/clock.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { jwtBearerGrant } from '../trust/content.js';
import type { FindingInput, SubjectFinding } from './finding.js';
import { adminAuthorities, strongScopes } from './permissions.js';

const weakGrants: readonly string[] = ['password', 'implicit'];

const maximumAccessSeconds = 12 * 3600;
const maximumRefreshSeconds = 30 * 24 * 3600;

/** Clients of PKS itself. Logins with a password and without a secret need them, which is not reported. */
const pksClients: readonly string[] = ['pks_cli', 'pks_cluster_client'];

export function findClientProblems({
  content,
  emptySecrets = new Set(),
}: FindingInput): readonly SubjectFinding[] {
  return (content.clients ?? []).flatMap((client) =>
    [...findAttributeProblems(client), ...findEmptySecret(client, emptySecrets)]
      .filter((finding) => !isNeededByPks(client.client_id, finding))
      .map((finding) => ({
        subjects: [client.client_id],
        finding: { ...finding, identity: client.client_id },
      })),
  );
}

/** An empty secret with the severity high is enough for own tokens, which PKS does not need. */
function isNeededByPks(clientId: string, { id, severity }: ClientFinding): boolean {
  const isByDesign = id === 'client-password-grant' || id === 'client-empty-secret';
  return isByDesign && severity !== 'high' && pksClients.includes(clientId);
}

type ClientFinding = Omit<SubjectFinding['finding'], 'identity'>;

function findAttributeProblems(client: Client): readonly ClientFinding[] {
  const attributes = readAttributes(client);
  const listOf = (name: string): readonly string[] => toList(attributes[name] ?? []);
  const grants = listOf('authorized_grant_types');
  const update = (option: string, value: string): string =>
    `tpks uaa client update ${quoteForShell(client.client_id)} --${option} ${quoteForShell(value)}`;
  /** Replaces weak grants by the authorization code, which requires a redirect URI. */
  const replaceGrants = (): string => {
    const rest = grants.filter((grant) => !weakGrants.includes(grant));
    const safer = [...new Set(['authorization_code', ...rest])];
    const command = update('authorized_grant_types', safer.join(','));
    return listOf('redirect_uri').length > 0 ? command : `${command} --redirect_uri ${anyUri}`;
  };
  const found: ClientFinding[] = [];

  const authorities = listOf('authorities').filter((scope) => adminAuthorities.includes(scope));
  if (grants.includes('client_credentials') && authorities.length > 0) {
    const others = listOf('authorities').filter((scope) => !authorities.includes(scope));
    const reason = `Its secret or key is enough to control the whole UAA, with ${authorities.join(', ')}`;
    found.push({
      id: 'client-admin-authority',
      severity: 'high',
      // Without its authorities, often nobody can administer the UAA.
      ...(client.client_id === 'admin'
        ? {
            reason: `${reason}; PKS needs it, so protect the secret and accept the finding with --baseline`,
            command: 'tpks access admin',
          }
        : { reason, command: update('authorities', others.join(',') || 'uaa.none') }),
    });
  }
  if (grants.includes('password')) {
    found.push({
      id: 'client-password-grant',
      severity: 'medium',
      reason: 'Users type their passwords into the program that uses this client',
      command: replaceGrants(),
    });
  }
  if (grants.includes('implicit')) {
    found.push({
      id: 'client-implicit-grant',
      severity: 'medium',
      reason: 'The implicit grant puts access tokens into URLs, which browsers and proxies log',
      command: replaceGrants(),
    });
  }
  const usesRedirects = grants.includes('authorization_code') || grants.includes('implicit');
  const unsafeUris = listOf('redirect_uri').filter(isUnsafeRedirect);
  if (usesRedirects && unsafeUris.length > 0) {
    found.push({
      id: 'client-redirect-uri',
      severity: 'high',
      reason: `A login can send its code or token to another server, or unencrypted: ${unsafeUris.join(', ')}`,
      command: update('redirect_uri', formatSaferUris(listOf('redirect_uri'))),
    });
  }
  const approved = listOf(attributes['autoapprove'] === true ? 'scope' : 'autoapprove').filter(
    (scope) => strongScopes.includes(scope),
  );
  if (approved.length > 0) {
    found.push({
      id: 'client-autoapprove',
      severity: 'medium',
      reason: `Users are not asked before it gets their scopes ${approved.join(', ')}`,
      command: update('autoapprove', 'false'),
    });
  }
  found.push(...findLongLifetimes(attributes, grants, update));
  if (grants.includes(jwtBearerGrant) && attributes['allowedproviders'] === undefined) {
    found.push({
      id: 'client-any-provider',
      severity: 'high',
      reason: 'It accepts tokens of every identity provider, including those added later',
      command: update('allowedproviders', 'uaa'),
    });
  }
  return found;
}

function findLongLifetimes(
  {
    access_token_validity: access,
    refresh_token_validity: refresh,
  }: ReturnType<typeof readAttributes>,
  grants: readonly string[],
  update: (option: string, value: string) => string,
): readonly ClientFinding[] {
  const found: ClientFinding[] = [];
  if (Number(access ?? 0) > maximumAccessSeconds) {
    found.push({
      id: 'client-long-access-token',
      severity: 'medium',
      reason: `Its access tokens are valid for ${formatDuration(Number(access))}, and most cannot be revoked`,
      command: update('access_token_validity', '3600'),
    });
  }
  if (grants.includes('refresh_token') && Number(refresh ?? 0) > maximumRefreshSeconds) {
    found.push({
      id: 'client-long-refresh-token',
      severity: 'medium',
      reason: `Users of this client stay logged in for ${formatDuration(Number(refresh))} without a new login`,
      command: update('refresh_token_validity', String(maximumRefreshSeconds)),
    });
  }
  return found;
}

/** Whether a redirect URI matches several servers, or is not encrypted. Loopback addresses do not leave the machine. */
function isUnsafeRedirect(uri: string): boolean {
  return uri.includes('*') || (/^http:/i.test(uri) && !isLoopback(uri));
}

/** The user has to replace it. */
const anyUri = 'https://HOST/PATH';

/** Replaces http, and leaves out patterns. */
function formatSaferUris(uris: readonly string[]): string {
  const safer = uris
    .filter((uri) => !uri.includes('*'))
    .map((uri) => (isUnsafeRedirect(uri) ? uri.replace(/^http:/i, 'https:') : uri));
  return safer.length === 0 ? anyUri : [...new Set(safer)].join(',');
}

/** @see RFC 8252, section 7.3 */
function isLoopback(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(uri).hostname);
}

function findEmptySecret(
  client: Client,
  emptySecrets: ReadonlySet<string>,
): readonly ClientFinding[] {
  if (!emptySecrets.has(client.client_id)) return [];
  const hasOwnTokens = (client.authorized_grant_types ?? []).includes('client_credentials');
  return [
    {
      id: 'client-empty-secret',
      severity: hasOwnTokens ? 'high' : 'low',
      reason: hasOwnTokens
        ? 'Everyone can get its tokens, because its secret is empty'
        : 'Every program can use it to log in users, because its secret is empty',
      command: `tpks uaa secret set ${quoteForShell(client.client_id)}`,
    },
  ];
}
