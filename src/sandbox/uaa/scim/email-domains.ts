import { badScimRequestError } from '../errors.js';
import type { IdentityProvider } from '../store/identity-providers.js';
import type { State } from '../store/state.js';

/**
 * Checks that no other identity provider manages the domain of an internal user's email address.
 *
 * @throws ErrorResponse 400 `scim`, with the origins of the providers that manage the domain.
 * @see UAA 4.30.0 `DomainFilter`
 */
export function checkEmailDomain({ providers }: Pick<State, 'providers'>, email: string): void {
  const position = email.indexOf('@');
  if (position === -1) return;
  const domain = email.slice(position + 1);
  const origins = providers
    .filter((provider) => provider.active && provider.originKey !== 'uaa')
    .filter((provider) => managesDomain(provider, domain))
    .map(({ originKey }) => originKey);
  if (origins.length === 0) return;
  throw badScimRequestError(
    'The user account is set up for single sign-on. Please use one of these origin(s) : ' +
      `[${origins.join(', ')}]`,
  );
}

function managesDomain({ config }: IdentityProvider, domain: string): boolean {
  const patterns = config?.['emailDomain'];
  if (!Array.isArray(patterns)) return false;
  return patterns.some((pattern) => createPattern(String(pattern)).test(domain));
}

/** Creates a pattern in which an asterisk matches any characters up to the next dot. */
function createPattern(pattern: string): RegExp {
  const literal = pattern.replace(/[^a-zA-Z0-9 ]/g, (character) =>
    character === '*' ? '[^.]+' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return new RegExp(`^${literal}$`);
}
