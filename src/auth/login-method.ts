import type { ContextSettings } from '../config/settings.js';
import type { ContextKey } from '../contexts/context-name.js';
import { TpksError } from '../errors.js';
import { isPksLogin, loginCommand } from './login-command.js';

/** How to log in, and the identity if it is known before. */
export type LoginMethod =
  | { readonly kind: 'password'; readonly username: string }
  | { readonly kind: 'client'; readonly clientId: string }
  | { readonly kind: 'passcode' | 'browser' };

/**
 * How `tpks login` renews a context.
 * @throws {TpksError} `notFound`; `usage` for a context that another command created, with a hint
 */
export function toLoginMethod(name: string, context: ContextSettings | undefined): LoginMethod {
  if (context === undefined) {
    throw new TpksError('notFound', `There is no context named ${name}`, { hint: 'tpks contexts' });
  }
  const { identity, grant, clientId } = context;
  if (!isPksLogin(context)) {
    throw new TpksError('usage', `The context ${name} is not a login at a PKS API`, {
      hint: loginCommand({ ...context, name }),
    });
  }
  if (grant === 'client_credentials') return { kind: 'client', clientId };
  if (grant === 'password') return { kind: 'password', username: identity };
  return { kind: grant === 'passcode' ? 'passcode' : 'browser' };
}

/** @throws {TpksError} `usage` if another identity than that of the context has logged in */
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
    `The context ${name} belongs to ${renewed?.identity ?? 'nobody'}, but ${identity} has logged in: nothing was stored`,
    { hint: `leave out --context to create a context for ${identity}` },
  );
}
