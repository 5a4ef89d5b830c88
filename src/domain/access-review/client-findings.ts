import { readAttributes, toList } from '../../api/uaa/client-attributes.js';
import type { Client } from '../../api/uaa/clients.js';
import { formatDuration } from '../../base/clock.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { jwtBearerGrant } from '../ci-trust/content.js';
import type { FindingInput, SubjectFinding } from './finding.js';
import { adminAuthorities, strongScopes } from './permissions.js';

const weakGrants: readonly string[] = ['password', 'implicit'];

const maximumAccessSeconds = 12 * 3600;
const maximumRefreshSeconds = 30 * 24 * 3600;

/** Clients of PKS itself. PKS requires their password grants and empty secrets, so these are not reported. */
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

/** PKS needs empty secrets only to log in users. If the severity is high, the client can also get its own tokens. */
function isNeededByPks(clientId: string, { id, severity }: ClientFinding): boolean {
  const isByDesign = id === 'client-password-grant' || id === 'client-empty-secret';
  return isByDesign && severity !== 'high' && pksClients.includes(clientId);
}

type ClientFinding = Omit<SubjectFinding['finding'], 'identity'>;

function findAttributeProblems(client: Client): readonly ClientFinding[] {
  const attributes = readAttributes(client);
  const listOf = (name: string): readonly string[] => toList(attributes[name] ?? []);
  const grants = listOf('authorized_grant_types');
  const formatUpdate = (option: string, value: string): string =>
    `tpks uaa client update ${quoteForShell(client.client_id)} --${option} ${quoteForShell(value)}`;
  /** Replaces weak grants with `authorization_code`, which requires a redirect URI. */
  const formatGrantUpdate = (): string => {
    const rest = grants.filter((grant) => !weakGrants.includes(grant));
    const safer = [...new Set(['authorization_code', ...rest])];
    const command = formatUpdate('authorized_grant_types', safer.join(','));
    return listOf('redirect_uri').length > 0
      ? command
      : `${command} --redirect_uri ${placeholderUri}`;
  };
  const found: ClientFinding[] = [];

  const authorities = listOf('authorities').filter((scope) => adminAuthorities.includes(scope));
  if (grants.includes('client_credentials') && authorities.length > 0) {
    const others = listOf('authorities').filter((scope) => !authorities.includes(scope));
    const reason = `Anyone who has its secret or key can control the whole UAA, because it has ${authorities.join(', ')}`;
    found.push({
      id: 'client-admin-authority',
      severity: 'high',
      // This client is often the only way to administer the UAA, so do not suggest removing its authorities.
      ...(client.client_id === 'admin'
        ? {
            reason: `${reason}. PKS needs this client, so protect the secret and accept the finding with --baseline`,
            command: 'tpks access admin',
          }
        : { reason, command: formatUpdate('authorities', others.join(',') || 'uaa.none') }),
    });
  }
  if (grants.includes('password')) {
    found.push({
      id: 'client-password-grant',
      severity: 'medium',
      reason: 'Users type their passwords into the program that uses this client',
      command: formatGrantUpdate(),
    });
  }
  if (grants.includes('implicit')) {
    found.push({
      id: 'client-implicit-grant',
      severity: 'medium',
      reason: 'The implicit grant puts access tokens in URLs, which browsers and proxies log',
      command: formatGrantUpdate(),
    });
  }
  const usesRedirects = grants.includes('authorization_code') || grants.includes('implicit');
  const unsafeUris = listOf('redirect_uri').filter(isUnsafeRedirect);
  if (usesRedirects && unsafeUris.length > 0) {
    found.push({
      id: 'client-redirect-uri',
      severity: 'high',
      reason: `These redirect URIs can send codes or tokens to other servers, or unencrypted: ${unsafeUris.join(', ')}`,
      command: formatUpdate('redirect_uri', formatSaferUris(listOf('redirect_uri'))),
    });
  }
  const approved = listOf(attributes['autoapprove'] === true ? 'scope' : 'autoapprove').filter(
    (scope) => strongScopes.includes(scope),
  );
  if (approved.length > 0) {
    found.push({
      id: 'client-autoapprove',
      severity: 'medium',
      reason: `Users are not asked for approval before it gets the scopes ${approved.join(', ')}`,
      command: formatUpdate('autoapprove', 'false'),
    });
  }
  found.push(...findLongLifetimes(attributes, grants, formatUpdate));
  if (grants.includes(jwtBearerGrant) && attributes['allowedproviders'] === undefined) {
    found.push({
      id: 'client-any-provider',
      severity: 'high',
      reason: 'It accepts tokens from all identity providers, including ones that are added later',
      command: formatUpdate('allowedproviders', 'uaa'),
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
  formatUpdate: (option: string, value: string) => string,
): readonly ClientFinding[] {
  const found: ClientFinding[] = [];
  if (Number(access ?? 0) > maximumAccessSeconds) {
    found.push({
      id: 'client-long-access-token',
      severity: 'medium',
      reason: `Its access tokens are valid for ${formatDuration(Number(access))}, and most cannot be revoked`,
      command: formatUpdate('access_token_validity', '3600'),
    });
  }
  if (grants.includes('refresh_token') && Number(refresh ?? 0) > maximumRefreshSeconds) {
    found.push({
      id: 'client-long-refresh-token',
      severity: 'medium',
      reason: `Its refresh tokens are valid for ${formatDuration(Number(refresh))}, so users stay logged in for that long`,
      command: formatUpdate('refresh_token_validity', String(maximumRefreshSeconds)),
    });
  }
  return found;
}

/** Whether a redirect URI has a wildcard or is unencrypted. Traffic to loopback addresses stays on the machine. */
function isUnsafeRedirect(uri: string): boolean {
  return uri.includes('*') || (/^http:/i.test(uri) && !isLoopback(uri));
}

/** A placeholder that the user has to replace. */
const placeholderUri = 'https://HOST/PATH';

/** Replaces `http` with `https`, and omits URIs with wildcards. */
function formatSaferUris(uris: readonly string[]): string {
  const safer = uris
    .filter((uri) => !uri.includes('*'))
    .map((uri) => (isUnsafeRedirect(uri) ? uri.replace(/^http:/i, 'https:') : uri));
  return safer.length === 0 ? placeholderUri : [...new Set(safer)].join(',');
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
        ? 'Anyone can get a token for this client, because its secret is empty'
        : 'Any program can use this client to log in users, because its secret is empty',
      command: `tpks uaa secret set ${quoteForShell(client.client_id)}`,
    },
  ];
}
