import type { Context } from '../../contexts/context.js';
import { alwaysQuoteForShell } from '../../shell-quote.js';
import type { Secret } from '../../secret.js';
import { formatInstant } from './format-time.js';

export const formats = ['raw', 'json', 'header', 'env', 'exec-credential'] as const;
export type TokenFormat = (typeof formats)[number];

interface TokenDetails {
  readonly accessToken: Secret;
  readonly context: Context;
  /** By the server's clock. */
  readonly expiresAt: Date;
  /** How far the server's clock is ahead of this machine's. */
  readonly clockOffsetSeconds: number;
  /** Scopes, separated by spaces. */
  readonly scope: string;
}

/** Formats the token, with a final newline. */
export function formatToken(format: TokenFormat, details: TokenDetails): string {
  const { context, expiresAt, scope } = details;
  const accessToken = details.accessToken.reveal();
  switch (format) {
    case 'raw':
      return `${accessToken}\n`;
    case 'header':
      return `Authorization: Bearer ${accessToken}\n`;
    case 'env':
      return `export TPKS_TOKEN=${alwaysQuoteForShell(accessToken)}\n`;
    case 'exec-credential':
      return `${JSON.stringify(execCredential(details))}\n`;
    case 'json':
      return `${JSON.stringify(
        {
          accessToken,
          tokenType: 'bearer',
          expiresAt: formatInstant(expiresAt),
          scopes: scope.split(' ').filter(Boolean),
          context: context.name,
          identity: context.identity,
          uaa: context.uaa,
          api: context.api ?? null,
        },
        null,
        2,
      )}\n`;
  }
}

/**
 * kubectl compares the expiry time with this machine's clock, so it is converted from the server's.
 * @see client.authentication.k8s.io/v1
 */
function execCredential({ accessToken, expiresAt, clockOffsetSeconds }: TokenDetails) {
  return {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: {
      token: accessToken.reveal(),
      expirationTimestamp: formatInstant(new Date(expiresAt.getTime() - clockOffsetSeconds * 1000)),
    },
  };
}
