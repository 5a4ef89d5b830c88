/** The ports of an installation whose address has no port. */
export const defaultPorts = { api: '9021', uaa: '8443' } as const;

/**
 * Returns the host and port of a URL for display. Keeps `:443`, which `URL` removes, because an API address
 * without a port means port 9021.
 */
export function hostOf(url: string): string {
  const { host, port } = new URL(url);
  const isHidden = port === '' && /^https:\/\/[^/?#]*:443(?:[/?#]|$)/i.test(url);
  return isHidden ? `${host}:443` : host;
}

/** The UAA client of CI logins that `tpks uaa trust add` creates by default. */
export const defaultCiClient = 'tpks_ci';

/** The names of all scopes of the PKS API start with this name and a dot. */
export const pksScopeFamily = 'pks.clusters';

export const manageScope = 'pks.clusters.manage';
const adminScope = 'pks.clusters.admin';
const adminReadScope = 'pks.clusters.admin.read';

/**
 * The scopes that allow each kind of request; one of them is enough.
 * @see docs/contributing/servers/pks-api.md#scopes
 */
export const pksScopes = {
  read: [manageScope, adminScope, adminReadScope],
  /** Changes of the identity's own resources. */
  write: [manageScope, adminScope],
  administer: [adminScope],
  /** Reads of the clusters of all users. */
  readAll: [adminScope, adminReadScope],
} as const;
