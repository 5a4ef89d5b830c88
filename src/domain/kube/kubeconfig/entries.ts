import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '../../../base/json-value.js';

/** The lists of a kubeconfig, and the key of the value in their entries. */
export const entryKeys = { clusters: 'cluster', users: 'user', contexts: 'context' } as const;

type EntryList = keyof typeof entryKeys;

/** The values of the kubeconfig files, in their order. If several contain an entry, the first one counts. */
export type Configs = readonly JsonObject[];

interface Entry {
  readonly name: string;
  /** Index of its file. */
  readonly file: number;
  readonly value: JsonObject;
}

/** What a kubeconfig context was created for. Stored in the context, in the extension `tpks`. */
export interface ContextOwner {
  /** Origin of the PKS API, e.g. `https://api.example.com:9021`. */
  readonly api: string;
  readonly cluster: string;
  readonly identity: string;
  /** Set by `get-kubeconfig`: another user may own the cluster, so the API may not list it. */
  readonly command?: 'get-kubeconfig' | undefined;
}

/** The entries for one cluster that `get-credentials` writes: a cluster, a user and a context. */
export interface ClusterEntries {
  /** Name of the context and of the cluster entry. */
  readonly contextName: string;
  /**
   * The name to use if tpks created the entries named `contextName` for another installation. If
   * `undefined`, those entries are replaced.
   */
  readonly otherName?: string | undefined;
  /** URL of the Kubernetes API. */
  readonly server: string;
  /** CA of the Kubernetes API, base64 of PEM; `undefined` for a CA in the system store. */
  readonly certificateAuthorityData?: string | undefined;
  /** The name in the server's certificate, if it is not the host of `server`. */
  readonly tlsServerName?: string | undefined;
  readonly userName: string;
  /** The value of the user entry, e.g. `{ exec: {...} }`. It replaces an existing entry. */
  readonly user: JsonObject;
  /** Default namespace of the context; `undefined` keeps the namespace of an existing context. */
  readonly namespace?: string | undefined;
  readonly owner: ContextOwner;
}

export interface OwnContext {
  readonly name: string;
  readonly path: string;
  readonly isCurrent: boolean;
  readonly owner: ContextOwner;
  /** URL of the Kubernetes API; `undefined` if the cluster entry is missing. */
  readonly server: string | undefined;
  readonly userName: string | undefined;
  /** Name of the Kubernetes session that the user entry passes to `kube-credential`, if any. */
  readonly sessionName: string | undefined;
  /** The program that kubectl runs for `kube-credential`; `undefined` if the user entry does not run it. */
  readonly pluginCommand?: string | undefined;
}

/** An entry of another cluster whose server was replaced. */
export interface ReplacedServer {
  readonly contextName: string;
  readonly oldServer: string;
}

/** A kubeconfig without entries, with the keys in the order of kubectl. */
export const emptyConfig: JsonObject = {
  apiVersion: 'v1',
  clusters: [],
  contexts: [],
  'current-context': '',
  kind: 'Config',
  users: [],
};

/** Lists the entries with this kind in all files. Each name occurs once. */
function listEntries(configs: Configs, list: EntryList): readonly Entry[] {
  const entries = configs.flatMap((config, file) =>
    itemsOf(config, list).map(({ name, [entryKeys[list]]: value }) => ({
      name: typeof name === 'string' ? name : '',
      file,
      value: isObject(value) ? value : {},
    })),
  );
  return [...new Map(entries.toReversed().map((entry) => [entry.name, entry])).values()].reverse();
}

export function findEntry(configs: Configs, list: EntryList, name: string): Entry | undefined {
  return listEntries(configs, list).find((entry) => entry.name === name);
}

/** Returns the name of the current context; `undefined` if it is not set. */
function findCurrentContext(configs: Configs): string | undefined {
  const names = configs.map((config) => config['current-context']);
  return names.find((name): name is string => typeof name === 'string' && name !== '');
}

/** @param target - index of the file that a new entry is added to. */
function setEntry(
  configs: Configs,
  { list, name, target }: { list: EntryList; name: string; target: number },
  change: (old: JsonObject) => JsonObject,
): Configs {
  const found = findEntry(configs, list, name);
  const value = change(found?.value ?? {});
  const key = entryKeys[list];
  return replaceConfig(configs, found?.file ?? target, (config) => {
    const items = itemsOf(config, list);
    const index = items.findIndex((item) => item['name'] === name);
    const old = items[index];
    if (old === undefined) {
      const added = key < 'name' ? { [key]: value, name } : { name, [key]: value };
      return { ...config, [list]: [...items, added] };
    }
    return { ...config, [list]: items.with(index, { ...old, [key]: value }) };
  });
}

function removeEntry(configs: Configs, list: EntryList, name: string): Configs {
  const found = findEntry(configs, list, name);
  if (found === undefined) return configs;
  return replaceConfig(configs, found.file, (config) => ({
    ...config,
    [list]: itemsOf(config, list).filter((item) => item['name'] !== name),
  }));
}

function setCurrentContext(configs: Configs, name: string, target: number): Configs {
  if (findCurrentContext(configs) === name) return configs;
  return replaceConfig(configs, target, (config) => ({ ...config, 'current-context': name }));
}

function setClusterEntries(configs: Configs, entries: ClusterEntries, target: number): Configs {
  const { contextName, userName } = entries;
  const withCluster = setEntry(configs, { list: 'clusters', name: contextName, target }, (old) =>
    changeCluster(old, entries),
  );
  const withContext = setEntry(
    withCluster,
    { list: 'contexts', name: contextName, target },
    (old) => changeContext(old, entries),
  );
  return setEntry(withContext, { list: 'users', name: userName, target }, () => entries.user);
}

/**
 * Other settings, such as `proxy-url`, are kept. The settings for another CA would contradict the new
 * one: kubectl rejects some of the combinations.
 */
function changeCluster(old: JsonObject, entries: ClusterEntries): JsonObject {
  const { server, certificateAuthorityData, tlsServerName } = entries;
  return withoutUndefined({
    ...old,
    'certificate-authority': undefined,
    'insecure-skip-tls-verify': undefined,
    'certificate-authority-data': certificateAuthorityData,
    server,
    'tls-server-name': tlsServerName,
  });
}

function changeContext(old: JsonObject, entries: ClusterEntries): JsonObject {
  const { contextName, userName, namespace, owner } = entries;
  const { api, cluster, command, identity } = owner;
  const extension = {
    extension: withoutUndefined({ api, cluster, command, identity }),
    name: extensionName,
  };
  const extensions = objectsOf(old['extensions']);
  const index = extensions.findIndex(isOwnExtension);
  return withoutUndefined({
    ...old,
    cluster: contextName,
    extensions: index === -1 ? [...extensions, extension] : extensions.with(index, extension),
    namespace: namespace ?? old['namespace'],
    user: userName,
  });
}

const extensionName = 'tpks';

function isOwnExtension(extension: JsonObject): boolean {
  return extension['name'] === extensionName;
}

/** @returns what a context was created for; `undefined` if tpks did not create it. */
function findOwner(context: JsonObject): ContextOwner | undefined {
  const found = objectsOf(context['extensions']).find(isOwnExtension)?.['extension'];
  if (!isObject(found)) return undefined;
  const { api, cluster, command, identity } = found;
  if (typeof api !== 'string' || typeof cluster !== 'string' || typeof identity !== 'string') {
    return undefined;
  }
  if (!/^https:/.test(api) || !URL.canParse(api)) return undefined;
  return { api, cluster, identity, ...(command === 'get-kubeconfig' && { command }) };
}

function findSessionArgument(args: unknown): number | undefined {
  if (!Array.isArray(args) || !args.includes('kube-credential')) return undefined;
  const index = args.indexOf('--context');
  return index === -1 || typeof args[index + 1] !== 'string' ? undefined : index + 1;
}

/** @returns the name of the Kubernetes session of a user entry; `undefined` if the entry does not run tpks. */
export function findSessionName(user: JsonObject): string | undefined {
  const args = isObject(user['exec']) ? user['exec']['args'] : undefined;
  const index = findSessionArgument(args);
  return index === undefined ? undefined : String((args as readonly unknown[])[index]);
}

/** Replaces the name of a Kubernetes session in all user entries that pass it to `kube-credential`. */
export function renameSession(configs: Configs, name: string, newName: string): Configs {
  return listEntries(configs, 'users')
    .filter(({ value }) => findSessionName(value) === name)
    .reduce(
      (current, user) =>
        setEntry(current, { list: 'users', name: user.name, target: user.file }, (value) =>
          changeSessionName(value, newName),
        ),
      configs,
    );
}

function changeSessionName(user: JsonObject, name: string): JsonObject {
  const exec = isObject(user['exec']) ? user['exec'] : {};
  const args = exec['args'];
  const index = findSessionArgument(args);
  if (index === undefined || !Array.isArray(args)) return user;
  return { ...user, exec: { ...exec, args: args.with(index, name) } };
}

/**
 * Chooses the name of each context: the first of `contextName` and `otherName` that is not used for another
 * installation in the files or in an earlier entry. If the cluster already has a context with one of these names, this
 * name is used.
 */
export function chooseContextNames(
  configs: Configs,
  entries: readonly ClusterEntries[],
): readonly ClusterEntries[] {
  const contexts = listEntries(configs, 'contexts').flatMap(({ name, value }) => {
    const owner = findOwner(value);
    return owner === undefined ? [] : [{ name, clusterEntry: value['cluster'], owner }];
  });
  return entries.map((each) => {
    const { otherName, owner } = each;
    const free = [each.contextName, otherName ?? each.contextName].filter((candidate) =>
      contexts.every(
        ({ name, clusterEntry, owner: { api } }) =>
          api === owner.api || (name !== candidate && clusterEntry !== candidate),
      ),
    );
    const existing = free.find((candidate) =>
      contexts.some((context) => context.name === candidate && isSameCluster(context.owner, owner)),
    );
    const contextName = existing ?? free[0] ?? each.contextName;
    contexts.push({ name: contextName, clusterEntry: contextName, owner });
    return { ...each, contextName };
  });
}

/** Adds or replaces entries, and sets the current context unless it is `undefined`. */
export function setAllEntries(
  configs: Configs,
  entries: readonly ClusterEntries[],
  currentContext: string | undefined,
  target: number,
): Configs {
  const changed = entries.reduce(
    (current, each) => setClusterEntries(current, each, target),
    configs,
  );
  return currentContext === undefined
    ? changed
    : setCurrentContext(changed, currentContext, target);
}

/** Lists the cluster entries whose server changes, unless tpks created them for the same cluster. */
export function findReplacedServers(
  configs: Configs,
  entries: readonly ClusterEntries[],
): readonly ReplacedServer[] {
  return entries.flatMap(({ contextName, server, owner }) => {
    const oldServer = findEntry(configs, 'clusters', contextName)?.value['server'];
    const oldOwner = findOwner(findEntry(configs, 'contexts', contextName)?.value ?? {});
    return typeof oldServer === 'string' && oldServer !== server && !isSameCluster(oldOwner, owner)
      ? [{ contextName, oldServer }]
      : [];
  });
}

function isSameCluster(one: ContextOwner | undefined, other: ContextOwner): boolean {
  return one?.api === other.api && one.cluster === other.cluster;
}

/** Removes a context, and the cluster and user entries that no other context uses. */
export function removeContext(configs: Configs, { name }: Pick<OwnContext, 'name'>): Configs {
  const context = findEntry(configs, 'contexts', name)?.value ?? {};
  const remaining = removeEntry(configs, 'contexts', name);
  return (['clusters', 'users'] as const).reduce((current, list) => {
    const key = entryKeys[list];
    const entryName = context[key];
    const isUsed = listEntries(current, 'contexts').some(({ value }) => value[key] === entryName);
    return isUsed || typeof entryName !== 'string'
      ? current
      : removeEntry(current, list, entryName);
  }, remaining);
}

/** Lists the contexts that tpks created, in the order of the files. */
export function listOwnContexts(paths: readonly string[], configs: Configs): readonly OwnContext[] {
  const current = findCurrentContext(configs);
  return listEntries(configs, 'contexts').flatMap(({ name, file, value }) => {
    const owner = findOwner(value);
    const path = paths[file];
    if (owner === undefined || path === undefined) return [];
    const server = findMember(configs, 'clusters', value['cluster'])?.['server'];
    const user = findMember(configs, 'users', value['user']);
    const sessionName = user === undefined ? undefined : findSessionName(user);
    const exec = sessionName === undefined ? undefined : user?.['exec'];
    return [
      {
        name,
        path,
        isCurrent: name === current,
        owner,
        server: toText(server),
        userName: toText(value['user']),
        sessionName,
        pluginCommand: isObject(exec) ? toText(exec['command']) : undefined,
      },
    ];
  });
}

function findMember(configs: Configs, list: EntryList, name: unknown): JsonObject | undefined {
  return typeof name === 'string' ? findEntry(configs, list, name)?.value : undefined;
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Whether a user entry contains a token or a secret, so that other users must not read it. */
export function containsToken(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsToken);
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, member]) =>
    tokenKeys.includes(key) ? typeof member === 'string' && member !== '' : containsToken(member),
  );
}

const tokenKeys = ['token', 'id-token', 'refresh-token', 'client-secret', 'cluster_client_secret'];

function itemsOf(config: JsonObject, list: EntryList): readonly JsonObject[] {
  return objectsOf(config[list]);
}

function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function withoutUndefined(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}

function replaceConfig(
  configs: Configs,
  index: number,
  change: (config: JsonObject) => JsonObject,
): Configs {
  return configs.map((config, position) => {
    if (position !== index) return config;
    const changed = change(config);
    return isDeepStrictEqual(changed, config) ? config : changed;
  });
}
