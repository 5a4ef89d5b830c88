import * as v from 'valibot';
import { isObject } from '../json-value.js';

export const userGrants = [
  'password',
  'passcode',
  // In a browser: the UAA's page returns a code (`authorization_code`) or the token itself (`implicit`).
  'authorization_code',
  'implicit',
] as const;

const url = v.pipe(
  v.string(),
  v.check((text) => /^https:/i.test(text) && URL.canParse(text), 'not an https URL'),
);

const target = {
  uaa: url,
  caCert: v.optional(v.string()),
  skipTlsVerification: v.optional(v.boolean(), false),
};

/** 0.1.0 stored an API on port 443 without its port, which now means 9021. */
const api = v.pipe(
  url,
  v.transform((text) => {
    const { protocol, hostname, port } = new URL(text);
    return `${protocol}//${hostname}:${port || '443'}`;
  }),
);

const common = {
  ...target,
  identity: v.string(),
  clientId: v.string(),
  scope: v.optional(v.string()),
  tokenFormat: v.optional(v.picklist(['opaque', 'jwt'])),
  api: v.optional(api),
  store: v.picklist(['keychain', 'file']),
  // It is part of a file name.
  sessionId: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{1,32}$/))),
  otherStore: v.optional(v.picklist(['keychain', 'file'])),
  pksCreds: v.optional(v.looseObject({ path: v.string(), isAlwaysWritten: v.boolean() })),
};

const ignored = v.optional(
  v.pipe(
    v.unknown(),
    v.transform(() => undefined),
  ),
);

const contextSchema = v.variant('grant', [
  v.looseObject({
    ...common,
    grant: v.picklist(userGrants),
    origin: v.optional(v.string()),
    isPublicClient: v.optional(v.boolean()),
  }),
  v.looseObject({
    ...common,
    grant: v.literal('client_credentials'),
    // Only users have these; 0.1.0 could store them for clients too.
    origin: ignored,
    isPublicClient: ignored,
  }),
]);

const kubernetesSessionSchema = v.looseObject({
  ...target,
  api,
  identity: v.string(),
  store: v.picklist(['keychain', 'file']),
  clusters: v.optional(v.array(v.string()), []),
});

/** Parsed as a map, because `v.record` drops contexts named `constructor` or `__proto__`. */
const contextsSchema = v.pipe(
  v.custom<object>(isObject, 'Invalid type: Expected Object'),
  v.transform((value) => new Map<string, unknown>(Object.entries(value))),
  v.map(v.string(), contextSchema),
  v.transform((contexts) => Object.fromEntries(contexts)),
);

const kubernetesSessionsSchema = v.pipe(
  v.custom<object>(isObject, 'Invalid type: Expected Object'),
  v.transform((value) => new Map<string, unknown>(Object.entries(value))),
  v.map(v.string(), kubernetesSessionSchema),
  v.transform((sessions) => Object.fromEntries(sessions)),
);

const settings = v.looseObject({
  version: v.literal(1),
  current: v.optional(v.string()),
  previous: v.optional(v.string()),
  currentUaa: v.optional(v.string()),
  uaaTarget: v.optional(url),
  contexts: contextsSchema,
  kubernetesSessions: v.optional(kubernetesSessionsSchema),
  targets: v.optional(v.array(v.looseObject({ ...target, context: v.optional(v.string()) })), []),
});

/**
 * The content of `config.json`. Unknown members are kept: a newer version may have written them. A
 * pointer to a context that does not exist is read as no pointer.
 */
export const settingsSchema = v.pipe(
  settings,
  v.transform((read) => {
    const exists = (name: string | undefined) =>
      name !== undefined && Object.hasOwn(read.contexts, name);
    const { current, previous, currentUaa, targets, ...rest } = read;
    return {
      ...rest,
      ...(exists(current) ? { current } : {}),
      ...(exists(previous) ? { previous } : {}),
      ...(exists(currentUaa) ? { currentUaa } : {}),
      targets: targets.map(({ context, ...target }) =>
        exists(context) ? { ...target, context } : target,
      ),
    };
  }),
);
