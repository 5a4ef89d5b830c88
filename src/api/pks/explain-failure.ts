import { TpksError } from '../../base/errors.js';
import { isObject } from '../../base/json-value.js';
import { getOwnValue } from '../../base/own-value.js';
import { notAuthenticatedMessage } from '../../platform/http/bearer.js';
import type { Explain, Failure } from '../client/status-error.js';

/**
 * Converts failures of the PKS API to errors with the messages of the `pks` CLI.
 * @param loginCommand - the hint if the API rejects the token.
 * @see pks-cli, section 13
 */
export const explainPksFailure =
  (loginCommand: string): Explain =>
  (failure) => {
    const { request, status } = failure;
    if (status === 401) {
      return new TpksError('unauthenticated', notAuthenticatedMessage, {
        status,
        hint: loginCommand,
      });
    }
    if (status === 403) {
      return new TpksError(
        'forbidden',
        'You do not have enough privileges to perform this action. Please contact the PKS administrator.',
        {
          status,
          hint: 'run tpks status to show your scopes; an exhausted quota causes the same error',
        },
      );
    }
    if (status >= 500) {
      return new TpksError('unavailable', formatServerError(failure), {
        status,
        hint: 'try again later; if the error persists, contact the operator of the installation',
        host: new URL(request.url).host,
      });
    }
    return explainUnknownRoute(failure) ?? explainUnknownField(failure);
  };

/** Returns broker messages unchanged, and adds the prefix of the `pks` CLI to all other messages. */
function formatServerError({ status, message, body }: Failure): string {
  if (/^Status: \d+; ErrorMessage: /.test(message)) return message;
  const detail = body === undefined ? `HTTP ${String(status)}` : message;
  return `An error occurred in the PKS API when processing the request: ${detail}`;
}

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
function explainUnknownRoute({ request, status, message, body }: Failure): TpksError | undefined {
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

/** Explains that the server does not support a field of compute profiles. @see pks-cli, section 1.1 */
function explainUnknownField({ status, message }: Failure): TpksError | undefined {
  if (status !== 400 || !message.includes('"cluster_customization"')) return undefined;
  return new TpksError('failed', message, {
    status,
    hint: 'the server may be too old: TKGI 1.9 added cluster_customization',
  });
}

/** Whether an error comes from the servlet container, not from the API. */
function isContainerError(body: unknown): boolean {
  return isObject(body) && typeof body['path'] === 'string' && body['body'] === undefined;
}
