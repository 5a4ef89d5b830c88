import { isObject } from '../body.js';
import { hasLink, type LoginState } from './browser/login-state.js';
import type { IdentityProviderStore } from './store/identity-providers.js';

/** The type of an input field (`text` or `password`) and its label. */
type Prompt = readonly [type: unknown, text: unknown];

/**
 * Finds the prompts of the login page. The prompt for a passcode is only shown if users can log in
 * with another identity provider.
 *
 * @param origin - the requested provider. Only an active OIDC provider can have its own prompts.
 * @returns the prompts by their names.
 * @see UAA 4.30.0 `LoginInfoEndpoint`
 */
export function findPrompts(
  providers: IdentityProviderStore,
  issuer: string,
  login: Pick<LoginState, 'hasPasswords' | 'providers'>,
  origin: string | undefined,
): Readonly<Record<string, Prompt>> {
  const provider = providers.find((other) => other.active && other.originKey === origin);
  const ownPrompts = provider?.type === 'oidc1.0' ? provider.config?.['prompts'] : undefined;
  const prompts = Array.isArray(ownPrompts)
    ? ownPrompts.filter(isObject).map(({ name, type, text }) => [String(name), [type, text]])
    : [
        ['username', ['text', 'Email']],
        ['password', ['password', 'Password']],
        [
          'passcode',
          ['password', `Temporary Authentication Code ( Get one at ${issuer}/passcode )`],
        ],
      ];
  const hidden = [
    ...(login.providers.some(hasLink) ? [] : ['passcode']),
    ...(login.hasPasswords ? [] : ['username', 'password']),
  ];
  const visible = prompts.filter(([name]) => !hidden.includes(String(name)));
  return Object.fromEntries(visible) as Record<string, Prompt>;
}
