import * as v from 'valibot';

export const grantKinds = [
  'password',
  'passcode',
  'client_credentials',
  // In a browser: the UAA's page returns a code, or the token itself.
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

const contextSchema = v.looseObject({
  ...target,
  identity: v.string(),
  grant: v.picklist(grantKinds),
  clientId: v.string(),
  origin: v.optional(v.string()),
  scope: v.optional(v.string()),
  tokenFormat: v.optional(v.picklist(['opaque', 'jwt'])),
  isPublicClient: v.optional(v.boolean()),
  api: v.optional(url),
  store: v.picklist(['keychain', 'file']),
  // It becomes part of a file name.
  sessionId: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{1,32}$/))),
  otherStore: v.optional(v.picklist(['keychain', 'file'])),
});

/** Parsed as a map, because `v.record` drops contexts named `constructor` or `__proto__`. */
const contextsSchema = v.pipe(
  v.custom<object>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'Invalid type: Expected Object',
  ),
  v.transform((value) => new Map<string, unknown>(Object.entries(value))),
  v.map(v.string(), contextSchema),
  v.transform((contexts) => Object.fromEntries(contexts)),
);

/** The content of `config.json`. Unknown members are kept: a newer version may have written them. */
export const settingsSchema = v.looseObject({
  version: v.literal(1),
  current: v.optional(v.string()),
  currentUaa: v.optional(v.string()),
  uaaTarget: v.optional(url),
  contexts: contextsSchema,
  targets: v.optional(v.array(v.looseObject({ ...target, context: v.optional(v.string()) })), []),
});
