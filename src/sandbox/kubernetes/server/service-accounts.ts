import { isObject, type JsonObject } from '../../body.js';
import { toList } from '../../storage/storage.js';
import { formatTimestamp, type ObjectStore } from './objects.js';
import { readObject } from './request-body.js';
import type { Resource, SubresourceHandler } from './resource.js';
import type { ServiceAccountTokens } from './service-account-tokens.js';
import { invalidObjectError, respond } from './status.js';
import { ageColumn, nameColumn } from './table.js';

const defaultTokenSeconds = 3600;
const minimumTokenSeconds = 600;
const maximumTokenSeconds = 2 ** 32;

const tokenRequest = {
  kind: 'TokenRequest',
  apiVersion: 'authentication.k8s.io/v1',
  protobuf: { 2: ['spec', { 1: ['audiences', 'texts'], 4: ['expirationSeconds', 'number'] }] },
} as const;

/** Kind of the objects. */
export const serviceAccountKind = 'ServiceAccount';

/**
 * Creates the service accounts of a cluster. Users of clusters without OIDC get their tokens.
 *
 * @param now - epoch milliseconds.
 */
export function createServiceAccounts(
  store: ObjectStore,
  tokens: ServiceAccountTokens,
  now: () => number,
): Resource {
  return {
    ...{ group: '', name: 'serviceaccounts', columns: [nameColumn, ageColumn] },
    list: () => store.list(serviceAccountKind),
    changes: {
      ...{ canCreateOnUpdate: false, returnsDeleted: true, describeNameProblem },
      protobuf: {},
      readContent: () => ({}),
    },
    subresources: new Map([['token', createTokenHandler(tokens, now)]]),
  };
}

const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';

function describeNameProblem(name: string): string | undefined {
  if (new RegExp(`^${subdomain}$`).test(name)) return undefined;
  return (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
    "and must start and end with an alphanumeric character (e.g. 'example.com', " +
    `regex used for validation is '${subdomain}')`
  );
}

function createTokenHandler(tokens: ServiceAccountTokens, now: () => number): SubresourceHandler {
  return async (account, request) => {
    const { name, namespace, uid } = account.metadata;
    const { kind, apiVersion } = tokenRequest;
    const { audiences, expirationSeconds } = readTokenSpec(readObject(request, tokenRequest));
    const requested = audiences.length > 0 ? audiences : [tokens.defaultAudience];
    const token = await tokens.issue(account, requested, expirationSeconds);
    const expirationTimestamp = formatTimestamp(now() + expirationSeconds * 1000);
    return respond(201, {
      ...{ kind, apiVersion },
      metadata: { name, namespace, uid, creationTimestamp: formatTimestamp(now()) },
      spec: { audiences: requested, expirationSeconds, boundObjectRef: null },
      status: { token, expirationTimestamp },
    });
  };
}

function readTokenSpec({ spec }: JsonObject) {
  const { audiences, expirationSeconds = defaultTokenSeconds } = isObject(spec) ? spec : {};
  const seconds = Number(expirationSeconds);
  if (!(seconds >= minimumTokenSeconds)) {
    throw invalidLifetimeError(seconds, 'less than 10 minutes');
  }
  if (seconds > maximumTokenSeconds) {
    throw invalidLifetimeError(seconds, 'larger than 2^32 seconds');
  }
  return {
    audiences: toList(audiences).filter((name) => typeof name === 'string'),
    expirationSeconds: seconds,
  };
}

function invalidLifetimeError(seconds: number, limit: string): Error {
  const message = `Invalid value: ${String(seconds)}: may not specify a duration ${limit}`;
  const field = 'spec.expirationSeconds';
  return invalidObjectError({ group: 'authentication.k8s.io', kind: tokenRequest.kind, name: '' }, [
    { reason: 'FieldValueInvalid', message, field },
  ]);
}
