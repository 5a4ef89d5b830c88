import type { FinishedLogin } from '../../auth/login.js';
import { isPksLink } from '../../pks-link.js';
import { formatDetails } from '../../terminal/table.js';
import type { View } from '../../terminal/terminal.js';
import { formatInstant, formatTime } from './format-time.js';

interface LoginViewInput extends FinishedLogin {
  /** The value of `-a`; the original CLI prints it unchanged. */
  readonly typedApi: string;
  /** Whether `--save-secret` was used. */
  readonly isSecretStored: boolean;
  readonly now: Date;
  /** Whether the first line was printed before the password prompt, as in the original CLI. */
  readonly isEmptyLinePrinted: boolean;
  /** The name that tpks was started with. */
  readonly program: string;
}

/**
 * Shows the lines of the original CLI, then where the session is stored and when it expires. A link
 * named `pks` or `tkgi` shows only the lines of the original. @see pks-cli, section 3.3
 */
export function loginView(input: LoginViewInput): View {
  const { name, context, token, typedApi, storeDescription, pksCredsPath, now, program } = input;
  const { isEmptyLinePrinted } = input;
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
      plainTextCopy: pksCredsPath ?? null,
      scopes: token.scope.split(' ').filter(Boolean),
      accessTokenExpiresAt: formatInstant(accessEnd),
      refreshTokenExpiresAt: refreshEnd === undefined ? null : formatInstant(refreshEnd),
    },
    text: [
      ...(isEmptyLinePrinted ? [] : ['']),
      `API Endpoint: ${typedApi}`,
      `User: ${context.identity}`,
      'Login successful.',
      '',
      ...(isPksLink(program)
        ? []
        : formatDetails([
            ['Context', name],
            ['Session store', storeDescription],
            ...(pksCredsPath === undefined ? [] : [['Plain-text copy', pksCredsPath] as const]),
            ['Access token expires', formatTime(accessEnd, serverNow)],
            ['Renewal', describeRenewal(input, serverNow)],
          ])),
    ],
  };
}

function describeRenewal({ token, isSecretStored }: LoginViewInput, serverNow: Date): string {
  if (isSecretStored) return 'automatic, with the stored client secret';
  if (token.refreshToken === undefined) return 'none: log in again when the token has expired';
  const end = token.refreshExpiresAt;
  return end === undefined
    ? 'automatic, until the UAA rejects the refresh token'
    : `automatic until ${formatTime(end, serverNow)}`;
}
