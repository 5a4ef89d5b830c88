import type { Clusters, Task } from '../../../src/api/pks/clusters.js';
import { createQuotas, createUsages, type Quota, type Usage } from '../../../src/api/pks/quotas.js';
import type { GlobalOptions } from '../../../src/app/runtime.js';
import { TpksError } from '../../../src/base/errors.js';
import { findLink } from '../../../src/base/link.js';
import type { Session } from '../../../src/domain/auth/session.js';
import type { OwnContext } from '../../../src/domain/kube/kubeconfig/entries.js';
import type { NameCache } from '../../../src/platform/config/name-cache.js';
import { createServerClock } from '../../../src/platform/http/server-clock.js';
import type { View } from '../../../src/platform/terminal/terminal.js';
import { fakeClusters } from '../fakes/fake-clusters.js';
import { fakeResources } from '../fakes/fake-resources.js';
import { fakeSettings } from '../fakes/fake-settings.js';
import { fakeKubeconfig, fakeKubernetesSessions } from '../fakes/kubeconfig-fakes.js';
import { recordedTerminal } from '../fakes/recorded-terminal.js';
import { unused } from '../fakes/unused.js';
import { virtualClock } from '../fakes/virtual-clock.js';
import { anEnvironmentContext } from '../fixtures/contexts-and-clusters.js';

/** What a command on clusters finds on the server and in its terminal. */
export interface CommandOptions {
  readonly clusters?: Partial<Clusters>;
  /** The task that each request returns, in order; the last one is repeated. */
  readonly tasks?: readonly Task[];
  /** The user's answers by prompt; if absent, the terminal cannot prompt. */
  readonly answers?: Readonly<Record<string, string>>;
  readonly global?: Partial<GlobalOptions>;
  readonly program?: string;
  /** If absent, the API has no quota. */
  readonly quota?: Quota;
  readonly usage?: Usage;
  /** The width of the terminal; if absent, stdout is not a terminal. */
  readonly columns?: number;
  readonly kubeconfigContexts?: readonly OwnContext[];
}

/**
 * Creates the dependencies of a command on clusters, with a recorded terminal and a virtual clock.
 */
export function clusterCommand(options: CommandOptions = {}) {
  const { clusters = {}, tasks = [], answers = {}, global = {}, program = 'tpks' } = options;
  const { quota, usage } = options;
  const notFound = new TpksError('notFound', 'not found', { status: 404 });
  const clock = virtualClock();
  const settings = fakeSettings();
  const kubeconfig = fakeKubeconfig(options.kubeconfigContexts ?? []);
  const looks = [...tasks];
  const { columns } = options;
  const recorded = recordedTerminal(answers);
  const link = findLink(program);
  const usesScreen = () => columns !== undefined && global.json !== true && !link.hasOriginalTexts;
  const terminal = {
    ...recorded,
    wantsJson: () => global.json ?? false,
    usesScreen,
    usesLiveScreen: usesScreen,
    canRepaint: () => columns !== undefined,
    columns: () => columns ?? 80,
    show: async (view: View) => {
      const lines = usesScreen() ? view.screen?.(columns ?? 80) : undefined;
      await recorded.show({ ...view, text: lines ?? view.text });
    },
  };
  const deps = {
    terminal,
    link,
    serverClock: createServerClock(clock),
    clock,
    untilInterrupted: () => new Promise<void>(() => undefined),
    options: (): GlobalOptions => ({
      json: false,
      interactive: true,
      color: false,
      trace: false,
      ...global,
    }),
    clusters: () => fakeClusters(clusters),
    pksResource: fakeResources([
      [createQuotas, { get: async () => quota ?? Promise.reject(notFound) }],
      [createUsages, { get: async () => usage ?? Promise.reject(notFound) }],
    ]),
    context: async () => anEnvironmentContext(),
    session: () => unused<Session>(),
    names: (): NameCache => {
      throw new Error('a context in memory has no names');
    },
    settings,
    kubeconfig: () => kubeconfig,
    kubernetesSessions: fakeKubernetesSessions(settings),
    tasks: {
      list: () => Promise.reject(new Error('unexpected call of list')),
      cancel: () => Promise.reject(new Error('unexpected call of cancel')),
      get: async () => {
        const next = looks.length > 1 ? looks.shift() : looks[0];
        if (next === undefined) throw new Error('unexpected call of get');
        return next;
      },
    },
  };
  return { deps, terminal, kubeconfig };
}
