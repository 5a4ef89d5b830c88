import type { FinishedLogin } from '../../auth/login.js';
import { details } from '../../terminal/table.js';
import type { View } from '../../terminal/terminal.js';
import { instant, when } from './when.js';

interface LoginViewInput extends FinishedLogin {
  /** `-a` as it was typed; the original prints it unchanged. */
  readonly typedApi: string;
  /** After `--save-secret`. */
  readonly isSecretStored: boolean;
  readonly now: Date;
}

/** The lines of the original CLI, then where the session is stored and how long it lasts. */
export function loginView(input: LoginViewInput): View {
  const { name, context, token, typedApi, storeDescription, now } = input;
  const accessEnd = new Date(token.issuedAt.getTime() + token.lifetimeSeconds * 1000);
  const serverNow = new Date(now.getTime() + token.clockOffsetSeconds * 1000);
  const refreshEnd = token.refreshExpiresAt;
  return {
    json: {
      context: name,
      identity: context.identity,
      grant: context.grant,
      api: context.api,
      uaa: context.uaa,
      store: context.store,
      scopes: token.scope.split(' ').filter(Boolean),
      accessTokenExpiresAt: instant(accessEnd),
      refreshTokenExpiresAt: refreshEnd === undefined ? null : instant(refreshEnd),
    },
    text: [
      '',
      `API Endpoint: ${typedApi}`,
      `User: ${context.identity}`,
      'Login successful.',
      '',
      ...details([
        ['Context', name],
        ['Session kept in', storeDescription],
        ['Access token ends', when(accessEnd, serverNow)],
        ['Renewal', describeRenewal(input, serverNow)],
      ]),
    ],
  };
}

function describeRenewal({ token, isSecretStored }: LoginViewInput, serverNow: Date): string {
  if (isSecretStored) return 'automatic, with the stored client secret';
  if (token.refreshToken === undefined) return 'none: log in again when the token ends';
  const end = token.refreshExpiresAt;
  return end === undefined
    ? 'automatic, for as long as the UAA allows'
    : `automatic until ${when(end, serverNow)}`;
}
