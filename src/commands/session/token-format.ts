import type { Context } from '../../contexts/context.js';
import type { ClusterToken } from '../../kube/id-token.js';
import type { KubernetesSession } from '../../kube/sessions.js';
import { quoteForPosixShell } from '../../shell-quote.js';
import type { Secret } from '../../secret.js';
import { formatInstant } from './format-time.js';

export const formats = ['raw', 'json', 'header', 'env', 'exec-credential'] as const;
export type TokenFormat = (typeof formats)[number];

/** The formats of a single token, without `exec-credential`, which is a response to kubectl. */
export type PlainTokenFormat = Exclude<TokenFormat, 'exec-credential'>;

interface TokenDetails {
  readonly accessToken: Secret;
  readonly context: Context;
  /** By the server's clock. */
  readonly expiresAt: Date;
  /** Scopes, separated by spaces. */
  readonly scope: string;
}

/** Formats the token of the API, with a final newline. */
export function formatToken(format: PlainTokenFormat, details: TokenDetails): string {
  const { accessToken, context, expiresAt, scope } = details;
  return formatSecret(format, accessToken, {
    accessToken: accessToken.reveal(),
    tokenType: 'bearer',
    expiresAt: formatInstant(expiresAt),
    scopes: scope.split(' ').filter(Boolean),
    context: context.name,
    identity: context.identity,
    uaa: context.uaa,
    api: context.api ?? null,
  });
}

/** Formats the token for clusters, with a final newline. */
export function formatClusterToken(
  format: PlainTokenFormat,
  { idToken, expiresAt }: ClusterToken,
  { name, identity, uaa, api }: KubernetesSession,
): string {
  return formatSecret(format, idToken, {
    idToken: idToken.reveal(),
    tokenType: 'bearer',
    expiresAt: formatInstant(expiresAt),
    context: name,
    identity,
    uaa,
    api,
  });
}

/** @param json - what the format `json` prints. */
function formatSecret(format: PlainTokenFormat, secret: Secret, json: object): string {
  const token = secret.reveal();
  switch (format) {
    case 'raw':
      return `${token}\n`;
    case 'header':
      return `Authorization: Bearer ${token}\n`;
    case 'env':
      return `export TPKS_TOKEN=${quoteForPosixShell(token)}\n`;
    case 'json':
      return `${JSON.stringify(json, null, 2)}\n`;
  }
}
