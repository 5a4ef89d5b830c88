import { TpksError } from '../../../src/base/errors.js';
import type { LogoutResult } from '../../../src/domain/auth/logouts.js';
import type { Context } from '../../../src/domain/contexts/context.js';
import { findLink } from '../../../src/base/link.js';
import type { OwnContext } from '../../../src/domain/kube/kubeconfig/entries.js';
import type { KubernetesSessionState } from '../../../src/domain/kube/sessions.js';
import type { Settings } from '../../../src/platform/config/settings.js';
import { fakeClusters } from '../fakes/fake-clusters.js';
import { fakeSettings } from '../fakes/fake-settings.js';
import { fakeKubeconfig, fakeKubernetesSessions } from '../fakes/kubeconfig-fakes.js';
import { fixedClock } from '../fakes/fixed-clock.js';
import { recordedTerminal } from '../fakes/recorded-terminal.js';
import { aCluster } from '../fixtures/contexts-and-clusters.js';

/** What a command finds in the kubeconfig, in the settings and at the API. */
export interface KubeconfigCommandOptions {
  readonly contexts?: readonly OwnContext[];
  readonly errors?: { readonly read?: Error; readonly write?: Error };
  readonly settings?: Partial<Settings>;
  readonly states?: Readonly<Record<string, KubernetesSessionState>>;
  /** The clusters that each tpks context can list; an error is thrown. */
  readonly clusters?: Readonly<Record<string, readonly string[] | Error>>;
  /** The selected context; it lists the clusters named `current` in `clusters`. */
  readonly current?: Context;
  /** The value of `--context`. */
  readonly contextOption?: string;
  readonly answers?: Readonly<Record<string, string>>;
  /** The contexts of `KUBECONFIG`, if they differ from those of `--kubeconfig`. */
  readonly defaultContexts?: readonly OwnContext[];
}

/** Creates the dependencies of commands that read the kubeconfig, and records their output. */
export function kubeconfigCommand(options: KubeconfigCommandOptions = {}) {
  const { contexts = [], errors, states, clusters = {}, current, defaultContexts } = options;
  const terminal = recordedTerminal(options.answers);
  const settings = fakeSettings(options.settings);
  const kubeconfig = fakeKubeconfig(contexts, errors);
  const defaultKubeconfig =
    defaultContexts === undefined ? kubeconfig : fakeKubeconfig(defaultContexts);
  const sessions = fakeKubernetesSessions(settings, states);
  const requests: string[] = [];
  const readPaths: (string | undefined)[] = [];
  const clustersOf = (name: string) =>
    fakeClusters({
      list: async () => {
        requests.push(name);
        const list = clusters[name] ?? new Error(`unexpected list of ${name}`);
        if (list instanceof Error) throw list;
        return list.map((cluster) => aCluster({ name: cluster }));
      },
    });
  const logOut = async (name: string): Promise<LogoutResult> => ({
    name,
    removed: name in settings.current().contexts,
    revoked: [],
    problems: [],
    ...((await sessions.remove(name)) ? { deletedKubernetesSession: true } : {}),
  });
  const requireCurrent = async (): Promise<Context> => {
    if (current === undefined) throw new TpksError('unauthenticated', 'not logged in');
    return current;
  };
  const deps = {
    terminal,
    clock: fixedClock(),
    env: {},
    link: findLink('tpks'),
    options: () => ({
      json: false,
      interactive: true,
      color: false,
      trace: false,
      context: options.contextOption,
    }),
    settings,
    kubeconfig: (path?: string) => {
      readPaths.push(path);
      return path === undefined ? defaultKubeconfig : kubeconfig;
    },
    kubernetesSessions: sessions,
    context: requireCurrent,
    anyContext: requireCurrent,
    clusters: () => clustersOf('current'),
    clustersIn: clustersOf,
    names: () => ({
      read: () => [],
      write: async () => {},
      readTime: () => undefined,
      claimRefresh: () => false,
      forget: () => {},
    }),
    logouts: {
      logout: logOut,
      removeKubernetesSession: async (name: string) => ({
        ...(await logOut(name)),
        removed: false,
      }),
      removeLocally: () => Promise.reject(new Error('unexpected call of removeLocally')),
      logoutOfPksCreds: () => Promise.reject(new Error('unexpected call of logoutOfPksCreds')),
      removeOrphanedFiles: async () => {},
      removeContext: async (name: string) => {
        await settings.update((now) => ({
          ...now,
          contexts: Object.fromEntries(
            Object.entries(now.contexts).filter(([key]) => key !== name),
          ),
        }));
      },
    },
    renameContext: async (name: string, newName: string) => sessions.rename(name, newName),
  };
  return { deps, terminal, settings, kubeconfig, requests, readPaths };
}
