import { isObject } from '../body.js';
import type { IdentityProviderStore } from './store/identity-providers.js';

/** The type of a field, `text` or `password`, and its label. */
type Prompt = readonly [type: unknown, text: unknown];

/** Whether the login page has a link to another identity provider. */
export function hasLoginLinks(providers: IdentityProviderStore): boolean {
  return providers.some(
    ({ active, type, config }) =>
      active && ['oauth2.0', 'oidc1.0'].includes(type) && config?.['showLinkText'] === true,
  );
}

/**
 * Returns the prompts for a login by name. The prompt for a passcode is only shown if users can log
 * in with another identity provider.
 *
 * @param origin - an active OIDC provider, which can have its own prompts.
 * @see UAA 4.30.0 `LoginInfoEndpoint`
 */
export function findPrompts(
  providers: IdentityProviderStore,
  issuer: string,
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
  const visible = prompts.filter(([name]) => name !== 'passcode' || hasLoginLinks(providers));
  return Object.fromEntries(visible) as Record<string, Prompt>;
}
