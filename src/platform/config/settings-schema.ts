import * as v from 'valibot';
import { isObject, getOwnValue } from '../../base/json-value.js';
import { renameInSelections, type Role } from './selections.js';

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
const byName = <const Schema extends v.GenericSchema>(schema: Schema) =>
  v.pipe(
    v.custom<object>(isObject, 'Invalid type: Expected Object'),
    v.transform((value) => new Map<string, unknown>(Object.entries(value))),
    v.map(v.string(), schema),
    v.transform((values) => Object.fromEntries(values)),
  );

const identities = v.looseObject({ pks: v.optional(v.string()), uaa: v.optional(v.string()) });

const selection = v.looseObject({
  uaa: v.optional(url),
  identities: v.optional(v.record(url, identities), {}),
  previous: v.optional(v.string()),
});

const shared = {
  contexts: byName(contextSchema),
  kubernetesSessions: v.optional(byName(kubernetesSessionSchema)),
};

const version2 = v.looseObject({
  version: v.literal(2),
  ...shared,
  selections: v.optional(
    v.looseObject({
      tpks: v.optional(selection),
      pks: v.optional(selection),
      uaac: v.optional(selection),
    }),
    {},
  ),
  formerUaaTarget: v.optional(url),
  targets: v.optional(v.array(v.looseObject(target)), []),
});

/** The format of tpks 0.2.0 and earlier: PKS commands and `tpks uaa` each select a context. */
const version1 = v.looseObject({
  version: v.literal(1),
  ...shared,
  current: v.optional(v.string()),
  previous: v.optional(v.string()),
  currentUaa: v.optional(v.string()),
  uaaTarget: v.optional(url),
  targets: v.optional(v.array(v.looseObject({ ...target, context: v.optional(v.string()) })), []),
});

/**
 * The content of `config.json`. Unknown fields are kept, because a newer version may have written them.
 * Names of contexts that do not exist are removed from the selections.
 */
export const settingsSchema = v.pipe(
  v.variant('version', [version1, version2]),
  v.transform((read) => {
    const settings = read.version === 1 ? migrate(read) : read;
    const { contexts } = settings;
    const keepExisting = (name: string) => (Object.hasOwn(contexts, name) ? name : undefined);
    return { ...settings, selections: renameInSelections(settings.selections, keepExisting) };
  }),
);

/**
 * Derives the selections from the settings of tpks 0.2.0 and earlier. `current` decides which
 * installation is the current one. The links keep the installations that they used.
 */
function migrate(old: v.InferOutput<typeof version1>) {
  const { current, previous, currentUaa, uaaTarget, targets, ...rest } = old;
  const contexts = Object.fromEntries(
    Object.entries(old.contexts).map(([name, context]) => [
      name,
      // Only `login` and `context use` selected these, so their API was in use.
      name === current || name === previous ? context : withoutAssumedApi(context),
    ]),
  );
  const uaaOf = (name: string | undefined) => getOwnValue(contexts, name ?? '')?.uaa;
  const identities: Record<string, Partial<Record<Role, string>>> = {};
  const remember = (name: string | undefined, role: Role) => {
    const uaa = uaaOf(name);
    if (uaa !== undefined) identities[uaa] = { [role]: name, ...identities[uaa] };
  };
  remember(current, 'pks');
  remember(currentUaa, 'uaa');
  for (const { context } of targets) remember(context, 'uaa');
  // In tpks 0.2.0, `uaa target` selected the context of a UAA if there was only one.
  const contextsByUaa = new Map<string, number>();
  for (const { uaa } of Object.values(contexts))
    contextsByUaa.set(uaa, (contextsByUaa.get(uaa) ?? 0) + 1);
  for (const [name, { uaa, api, grant }] of Object.entries(contexts)) {
    const isOnly = contextsByUaa.get(uaa) === 1;
    const isUser = api !== undefined && grant !== 'client_credentials';
    if (isOnly && identities[uaa] === undefined) remember(name, isUser ? 'pks' : 'uaa');
  }
  const target = uaaTarget ?? uaaOf(currentUaa);
  const uaa = uaaOf(current) ?? target;
  const selection = { uaa, identities, previous };
  return {
    ...rest,
    version: 2 as const,
    contexts,
    targets: targets.map((each) => ({ ...each, context: undefined })),
    selections:
      uaa === undefined
        ? {}
        : { tpks: selection, pks: selection, uaac: { ...selection, uaa: target ?? uaa } },
    formerUaaTarget: target === uaa ? undefined : target,
  };
}

/**
 * Removes an API that `tpks uaa` stored unchecked, because it assumed one on the UAA's host. The next PKS
 * command checks the API and stores it again.
 */
function withoutAssumedApi<
  Context extends Pick<v.InferOutput<typeof contextSchema>, 'api' | 'uaa' | 'grant' | 'clientId'>,
>(context: Context): Context {
  const { api, uaa, grant, clientId } = context;
  const isAssumed = api === `https://${new URL(uaa).hostname}:9021`;
  const isFromUaa = grant === 'client_credentials' || clientId !== 'pks_cli';
  return isAssumed && isFromUaa ? { ...context, api: undefined } : context;
}
