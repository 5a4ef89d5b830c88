import type { ContextSettings } from '../config/settings.js';
import type { ContextKey } from '../contexts/context-name.js';
import { TpksError } from '../errors.js';
import { isPksLogin, formatLoginCommand } from './login-command.js';

/** How to log in, with the identity if it is known before the login. */
export type LoginMethod =
  | { readonly kind: 'password'; readonly username: string }
  | { readonly kind: 'client'; readonly clientId: string }
  | { readonly kind: 'passcode' | 'browser' };

/**
 * Returns how `tpks login` can renew a context.
 * @throws {TpksError} `notFound`; `usage` if another command created the context, with that command as
 *   the hint.
 */
export function toLoginMethod(name: string, context: ContextSettings | undefined): LoginMethod {
  if (context === undefined) {
    throw new TpksError('notFound', `Context ${name} not found`, {
      hint: 'run tpks contexts to list them',
    });
  }
  const { identity, grant, clientId } = context;
  if (!isPksLogin(context)) {
    throw new TpksError('usage', `Context ${name} was not created by tpks login`, {
      hint: formatLoginCommand({ ...context, name }),
    });
  }
  if (grant === 'client_credentials') return { kind: 'client', clientId };
  if (grant === 'password') return { kind: 'password', username: identity };
  return { kind: grant === 'passcode' ? 'passcode' : 'browser' };
}

/**
 * Checks that a login renews the context of the same identity.
 * @throws {TpksError} `usage` if another identity has logged in.
 */
export function validateIdentity(
  name: string,
  renewed: ContextSettings | undefined,
  { identity, grant }: Pick<ContextKey, 'identity' | 'grant'>,
): void {
  const isClient = grant === 'client_credentials';
  const wasClient = renewed?.grant === 'client_credentials';
  if (renewed?.identity === identity && isClient === wasClient) return;
  throw new TpksError(
    'usage',
    `Context ${name} belongs to ${renewed?.identity ?? 'another identity'}, but ${identity} has logged in: nothing was stored`,
    { hint: `omit --context to create a context for ${identity}` },
  );
}
