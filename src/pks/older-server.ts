import { TpksError } from '../errors.js';
import { getOwnValue } from '../own-value.js';
import type { Failure } from '../http/status-error.js';

/** The PKS release that added each route under `/v1`. @see pks-cli, section 1.1; pks-api, section 1 */
const releases: Readonly<Record<string, readonly [feature: string, release: string]>> = {
  clusterdetails: ['cluster details', '1.4'],
  'compute-profiles': ['compute profiles', '1.6'],
  'kubernetes-profiles': ['Kubernetes profiles', '1.7'],
  'network-profiles': ['network profiles', '1.2'],
  quotas: ['quotas', '1.6'],
  tasks: ['tasks', '1.6'],
  upgradable: ['cluster upgrades', '1.5'],
  usages: ['usages', '1.6'],
};

/**
 * Explains that the server does not have a route, and which release added it.
 *
 * @returns `undefined` for other failures, e.g. a missing resource, which the API reports with a
 *   `body` field.
 */
export function explainUnknownRoute({
  request,
  status,
  message,
  body,
}: Failure): TpksError | undefined {
  const isUnknown = status === 405 || (status === 404 && isContainerError(body));
  const [, route = ''] = /\/v1\/([^/?]+)/.exec(request.url) ?? [];
  const entry = getOwnValue(releases, route);
  if (!isUnknown || entry === undefined) return undefined;
  const [feature, release] = entry;
  return new TpksError('failed', `The PKS API does not support ${feature}: ${message}`, {
    status,
    hint: `the server may be too old: PKS ${release} added this route`,
  });
}

/** The TKGI release that added a request field. @see pks-cli, section 1.1 */
const fieldReleases: Readonly<Record<string, string>> = { cluster_customization: '1.9' };

/** Explains that the server does not support a request field, which its message contains in quotes. */
export function explainUnknownField({ status, message }: Failure): TpksError | undefined {
  const entry = Object.entries(fieldReleases).find(([field]) => message.includes(`"${field}"`));
  if (status !== 400 || entry === undefined) return undefined;
  const [field, release] = entry;
  return new TpksError('failed', message, {
    status,
    hint: `the server may be too old: TKGI ${release} added ${field}`,
  });
}

/** Whether an error comes from the servlet container, not from the API. */
function isContainerError(body: unknown): boolean {
  return (
    typeof body === 'object' &&
    body !== null &&
    typeof Reflect.get(body, 'path') === 'string' &&
    Reflect.get(body, 'body') === undefined
  );
}
