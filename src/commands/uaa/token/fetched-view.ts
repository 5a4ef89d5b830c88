import type { Context } from '../../../contexts/context.js';
import type { View } from '../../../terminal/terminal.js';
import { instant } from '../../session/when.js';

export interface Fetched {
  readonly name: string;
  readonly context: Pick<Context, 'uaa' | 'identity' | 'clientId' | 'grant' | 'store'>;
  readonly grantLabel: string;
  /** Granted scopes, blank-separated. */
  readonly scope: string;
  readonly expiresAt: Date;
  /** Where the session is, for people. */
  readonly keptIn: string;
}

/** `uaac`'s lines, and where the token is. The token itself is never shown. */
export function fetchedView({
  name,
  context,
  grantLabel,
  scope,
  expiresAt,
  keptIn,
}: Fetched): View {
  const { uaa, identity, clientId, grant, store } = context;
  return {
    json: {
      context: name,
      uaa,
      identity,
      clientId,
      grant,
      store,
      scopes: scope.split(' ').filter(Boolean),
      accessTokenExpiresAt: instant(expiresAt),
    },
    text: [
      '',
      `Successfully fetched token via ${grantLabel} grant.`,
      `Target: ${uaa}`,
      `Context: ${name}, from client ${clientId}`,
      `Kept in: ${keptIn}`,
      '',
    ],
  };
}
