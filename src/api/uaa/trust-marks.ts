import { getOwnValue, isObject, type JsonObject } from '../../base/json-value.js';

/**
 * How `tpks uaa trust` recognizes what it created. Only administrators can change these marks; logins do not
 * change them. @see docs/contributing/servers/ci.md#trust
 */

/** Each trust has a group with this prefix and its name. The only member is the user for the subject. */
export const trustGroupPrefix = 'tpks.trust.';

export const trustGroupFilter = `displayName sw "${trustGroupPrefix}"`;

/** The UAA requires an email address for each user, including users of trusts. It does not verify this address. */
export const trustEmail = 'ci@example.com';

/** The mark of a client, next to its attributes, and of an identity provider, in `additionalConfiguration`. */
export const trustMark = { managed_by: 'tpks uaa trust' } as const;

export function isTrustClient(client: JsonObject): boolean {
  return getOwnValue(client, 'managed_by') === trustMark.managed_by;
}

export function isTrustProvider({ config }: { readonly config?: unknown }): boolean {
  const additionalConfiguration = isObject(config)
    ? getOwnValue(config, 'additionalConfiguration')
    : undefined;
  return (
    isObject(additionalConfiguration) &&
    getOwnValue(additionalConfiguration, 'managed_by') === trustMark.managed_by
  );
}

export function isTrustGroup(name: string): boolean {
  return name.toLowerCase().startsWith(trustGroupPrefix);
}
