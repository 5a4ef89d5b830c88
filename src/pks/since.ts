import { TpksError } from '../errors.js';
import { ownValue } from '../own-value.js';
import type { Failure } from '../http/status-error.js';

/** Which release of PKS brought a route under `/v1`. @see pks-cli, section 1.1; pks-api, section 1 */
const releases: Readonly<Record<string, readonly [what: string, release: string]>> = {
  clusterdetails: ['the details of a cluster', '1.4'],
  'compute-profiles': ['compute profiles', '1.6'],
  'kubernetes-profiles': ['kubernetes profiles', '1.7'],
  'network-profiles': ['network profiles', '1.2'],
  quotas: ['quotas', '1.6'],
  tasks: ['tasks', '1.6'],
  upgradable: ['upgrades of clusters', '1.5'],
  usages: ['usages', '1.6'],
};

/**
 * What an older server says to a route that it does not have, with the release that brought it.
 *
 * @returns `undefined` for every other failure, e.g. a name that is not there: that the API says in
 *   a `body` of its own.
 */
export function explainUnknownRoute({
  request,
  status,
  message,
  body,
}: Failure): TpksError | undefined {
  const isUnknown = status === 405 || (status === 404 && isContainerError(body));
  const [, route = ''] = /\/v1\/([^/?]+)/.exec(request.url) ?? [];
  const known = ownValue(releases, route);
  if (!isUnknown || known === undefined) return undefined;
  const [what, release] = known;
  return new TpksError('failed', `The PKS API does not know ${what}: ${message}`, {
    status,
    hint: `PKS ${release} brought them under /v1; this server may be older`,
  });
}

/** Which release of TKGI brought a member of a request. @see pks-cli, section 1.1 */
const fieldReleases: Readonly<Record<string, string>> = { cluster_customization: '1.9' };

/** The same for a member of what was sent: the server quotes it where it does not know it. */
export function explainUnknownField({ status, message }: Failure): TpksError | undefined {
  const known = Object.entries(fieldReleases).find(([member]) => message.includes(`"${member}"`));
  if (status !== 400 || known === undefined) return undefined;
  const [member, release] = known;
  return new TpksError('failed', message, {
    status,
    hint: `TKGI ${release} brought ${member}; this server may be older`,
  });
}

/** An error document of the container, not of the API. */
function isContainerError(body: unknown): boolean {
  return (
    typeof body === 'object' &&
    body !== null &&
    typeof Reflect.get(body, 'path') === 'string' &&
    Reflect.get(body, 'body') === undefined
  );
}
