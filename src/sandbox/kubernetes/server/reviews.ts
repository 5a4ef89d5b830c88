import { isObject, type JsonObject } from '../../body.js';
import type { SandboxRequest, SandboxResponse } from '../../router.js';
import type { Identity } from './identity.js';
import { negotiateRepresentation } from './media-types.js';
import { formatTimestamp } from './objects.js';
import type { MessageSchema } from './protobuf.js';
import type { Attributes, Authorization } from './rbac.js';
import { readObject, type ExpectedObject } from './request-body.js';
import { badRequestError, invalidObjectError, respond } from './status.js';

/** Handles a request about the identity or the permissions of the user who sends it. */
export type ReviewHandler = (identity: Identity, request: SandboxRequest) => SandboxResponse;

const accessProtobuf: MessageSchema = {
  2: [
    'spec',
    {
      1: [
        'resourceAttributes',
        {
          1: ['namespace', 'text'],
          2: ['verb', 'text'],
          3: ['group', 'text'],
          4: ['version', 'text'],
          5: ['resource', 'text'],
          6: ['subresource', 'text'],
          7: ['name', 'text'],
        },
      ],
      2: ['nonResourceAttributes', { 1: ['path', 'text'], 2: ['verb', 'text'] }],
    },
  ],
};

const subjectReview = {
  ...{ kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1', protobuf: {} },
};
const accessReview = {
  ...{ kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1' },
  protobuf: accessProtobuf,
};
const rulesReview = {
  ...{ kind: 'SelfSubjectRulesReview', apiVersion: 'authorization.k8s.io/v1' },
  protobuf: { 2: ['spec', { 1: ['namespace', 'text'] }] } satisfies MessageSchema,
};

/**
 * Returns the handlers of `kubectl auth whoami` and `kubectl auth can-i`, by resource.
 *
 * @param now - epoch milliseconds.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authorization/
 */
export function createReviews(
  { authorize, listRules }: Authorization,
  now: () => number,
): ReadonlyMap<string, ReviewHandler> {
  const reviewSubject: ReviewHandler = (identity, request) => {
    const { kind, apiVersion } = readReview(request, subjectReview);
    const metadata = { creationTimestamp: formatTimestamp(now()) };
    return respond(201, { kind, apiVersion, metadata, status: { userInfo: identity } });
  };

  const reviewAccess: ReviewHandler = (identity, request) => {
    const { kind, apiVersion, spec } = readReview(request, accessReview);
    const { isAllowed: allowed, reason } = authorize(identity, readAttributes(spec));
    return respond(201, { kind, apiVersion, metadata: {}, spec, status: { allowed, reason } });
  };

  const reviewRules: ReviewHandler = (identity, request) => {
    const { kind, apiVersion, spec } = readReview(request, rulesReview);
    if (readText(spec, 'namespace') === '') throw badRequestError('no namespace on request');
    const rules = listRules(identity);
    const status = {
      resourceRules: rules.filter(({ resources }) => resources),
      nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs),
      incomplete: false,
    };
    return respond(201, { kind, apiVersion, metadata: {}, spec: {}, status });
  };

  return new Map([
    ['selfsubjectreviews', reviewSubject],
    ['selfsubjectaccessreviews', reviewAccess],
    ['selfsubjectrulesreviews', reviewRules],
  ]);
}

function readReview(request: SandboxRequest, expected: ExpectedObject) {
  negotiateRepresentation(request.headers['accept'] ?? '', false);
  const { spec } = readObject(request, expected);
  const { kind, apiVersion } = expected;
  return { kind, apiVersion, spec: isObject(spec) ? spec : {} };
}

function readAttributes(spec: JsonObject): Attributes {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  if (isObject(resource) === isObject(path)) {
    const reason = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    const value = isObject(path)
      ? JSON.stringify({ Path: readText(path, 'path'), Verb: readText(path, 'verb') })
      : 'null';
    throw invalidObjectError({ group: 'authorization.k8s.io', kind: '', name: '' }, [
      {
        reason: 'FieldValueInvalid',
        message: `Invalid value: ${value}: ${reason}`,
        field: 'spec',
      },
    ]);
  }
  if (isObject(path)) {
    return { isResource: false, verb: readText(path, 'verb'), path: readText(path, 'path') };
  }
  return {
    isResource: true,
    verb: readText(resource, 'verb'),
    group: readText(resource, 'group'),
    resource: readText(resource, 'resource'),
    subresource: readText(resource, 'subresource'),
  };
}

function readText(value: unknown, member: string): string {
  const text = isObject(value) ? value[member] : undefined;
  return typeof text === 'string' ? text : '';
}
