import { hasText } from '../requests.js';
import type { JsonObject } from '../../body.js';

/** A provider in a request. */
export interface ProviderInput {
  readonly type: string;
  readonly originKey: string | null;
  readonly config: JsonObject | null;
}

/** @see UAA 4.30.0 `IdentityProviderConfigValidationDelegator` */
export function isValidProvider({ type, originKey, config }: ProviderInput): boolean {
  switch (type) {
    case 'oauth2.0':
    case 'oidc1.0':
      return config !== null && isValidOauthConfig(config);
    case 'ldap':
      return config !== null && originKey === 'ldap';
    case 'uaa':
      return config === null || areValidPolicies(config);
    default:
      return true;
  }
}

function isValidOauthConfig(config: JsonObject): boolean {
  const { authUrl, tokenUrl, tokenKey, tokenKeyUrl, responseType } = config;
  const hasUrls = authUrl !== null && tokenUrl !== null;
  const hasKey = hasText(tokenKey) || tokenKeyUrl !== null;
  const isDiscovered = typeof config['discoveryUrl'] === 'string';
  const needsSecret = !String(responseType).includes('token');
  return (
    (isDiscovered || (hasUrls && hasKey)) &&
    hasText(config['relyingPartyId']) &&
    (!needsSecret || hasText(config['relyingPartySecret'])) &&
    (config['showLinkText'] !== true || hasText(config['linkText']))
  );
}

/** No number in a policy may be negative, because -1 stands for a missing number. */
function areValidPolicies({ passwordPolicy, lockoutPolicy }: JsonObject): boolean {
  return [passwordPolicy, lockoutPolicy].every((policy) =>
    Object.values(policy ?? {}).every((value) => typeof value !== 'number' || value >= 0),
  );
}
