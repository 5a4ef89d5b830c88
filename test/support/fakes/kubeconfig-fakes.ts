import type { OwnContext } from '../../../src/domain/kube/kubeconfig/entries.js';
import type { Kubeconfig } from '../../../src/domain/kube/kubeconfig/kubeconfig.js';
import type {
  KubernetesSessions,
  KubernetesSessionState,
} from '../../../src/domain/kube/sessions.js';
import type { KubernetesSessionSettings } from '../../../src/platform/config/settings.js';
import type { FakeSettings } from './fake-settings.js';

/** A kubeconfig context for the cluster dev-1 of cody, which uses the plugin. */
export function anOwnContext(changes: Partial<OwnContext> = {}): OwnContext {
  return {
    name: 'dev-1',
    path: '/home/cody/.kube/config',
    isCurrent: false,
    owner: anOwner(),
    server: 'https://dev-1.example.com:8443',
    userName: 'cody@api.example.com',
    sessionName: 'cody@api.example.com',
    ...changes,
  };
}

/** The owner of credentials for the cluster dev-1 of cody. */
export function anOwner(changes: Partial<OwnContext['owner']> = {}): OwnContext['owner'] {
  return { api: 'https://api.example.com:9021', cluster: 'dev-1', identity: 'cody', ...changes };
}

/** The stored settings of a Kubernetes session of cody. */
export function aKubernetesSession(
  changes: Partial<KubernetesSessionSettings> = {},
): KubernetesSessionSettings {
  return {
    api: 'https://api.example.com:9021',
    uaa: 'https://api.example.com:8443',
    identity: 'cody',
    skipTlsVerification: false,
    store: 'file',
    clusters: ['dev-1'],
    ...changes,
  };
}

/** A kubeconfig in memory. */
export interface FakeKubeconfig extends Kubeconfig {
  /** Returns the names of the contexts. */
  readonly names: () => readonly string[];
}

/**
 * Creates a kubeconfig in memory.
 * @param first - the contexts at the start.
 * @param errors - `read` makes every method fail; `write` only those that change the files.
 */
export function fakeKubeconfig(
  first: readonly OwnContext[],
  errors: { readonly read?: Error; readonly write?: Error } = {},
): FakeKubeconfig {
  let contexts = first;
  const unexpected = (method: string) => () =>
    Promise.reject(new Error(`unexpected call of ${method}`));
  const change = async (isChanged: (context: OwnContext) => boolean, next: typeof contexts) => {
    const error = errors.read ?? errors.write;
    if (error !== undefined) throw error;
    const changed = contexts.filter(isChanged);
    contexts = next;
    return changed;
  };
  return {
    locate: () => Promise.resolve('/home/cody/.kube/config'),
    names: () => contexts.map(({ name }) => name),
    check: unexpected('check'),
    merge: unexpected('merge'),
    findUser: unexpected('findUser'),
    format: unexpected('format'),
    listOwn: async () => {
      if (errors.read !== undefined) throw errors.read;
      return contexts;
    },
    remove: (names) =>
      change(
        ({ name }) => names.includes(name),
        contexts.filter(({ name }) => !names.includes(name)),
      ),
    renameSession: async (name, newName) => {
      await change(
        ({ sessionName }) => sessionName === name,
        contexts.map((each) =>
          each.sessionName === name ? { ...each, sessionName: newName } : each,
        ),
      );
    },
  };
}

/**
 * Creates Kubernetes sessions with settings that are stored in these settings.
 * @param states - by name; `valid` if absent. An error is thrown.
 */
export function fakeKubernetesSessions(
  settings: FakeSettings,
  states: Readonly<Record<string, KubernetesSessionState>> = {},
): KubernetesSessions {
  const unexpected = (method: string) => () =>
    Promise.reject(new Error(`unexpected call of ${method}`));
  const all = () => settings.current().kubernetesSessions ?? {};
  const replace = async (sessions: Readonly<Record<string, KubernetesSessionSettings>>) => {
    await settings.update((now) => ({ ...now, kubernetesSessions: sessions }));
  };
  const without = (name: string) =>
    Object.fromEntries(Object.entries(all()).filter(([key]) => key !== name));
  return {
    find: async (name) => {
      const session = all()[name];
      return session && { ...session, name };
    },
    save: unexpected('save'),
    addClusters: unexpected('addClusters'),
    // `select` belongs to the credential plugin.
    select: unexpected('select'),
    check: async (name) => states[name] ?? 'valid',
    rename: async (name, newName) => {
      const session = all()[name];
      if (session !== undefined) await replace({ ...without(name), [newName]: session });
    },
    remove: async (name) => {
      const exists = name in all();
      await replace(without(name));
      return exists;
    },
  };
}
