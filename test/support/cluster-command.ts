import type { Clusters } from '../../src/pks/clusters.js';
import type { Task } from '../../src/pks/tasks.js';
import type { GlobalOptions } from '../../src/services.js';
import { fakeClusters } from './fake-clusters.js';
import { recordedTerminal } from './recorded-terminal.js';
import { virtualClock } from './virtual-clock.js';
import { anEnvironmentContext } from './fixtures.js';

export interface CommandOptions {
  readonly clusters?: Partial<Clusters>;
  /** How a task stands, look by look; the last one for all that follow. */
  readonly tasks?: readonly Task[];
  /** By the question; without it nobody can be asked. */
  readonly answers?: Readonly<Record<string, string>>;
  readonly global?: Partial<GlobalOptions>;
}

/** What a command on clusters asks for, with a terminal that remembers and time that flies. */
export function clusterCommand(options: CommandOptions = {}) {
  const { clusters = {}, tasks = [], answers = {}, global = {} } = options;
  const looks = [...tasks];
  const terminal = {
    ...recordedTerminal(answers),
    wantsJson: () => global.json ?? false,
  };
  const deps = {
    terminal,
    clock: virtualClock(),
    untilInterrupted: () => new Promise<void>(() => undefined),
    options: (): GlobalOptions => ({
      json: false,
      interactive: true,
      color: false,
      trace: false,
      ...global,
    }),
    clusters: async () => fakeClusters(clusters),
    context: async () => anEnvironmentContext(),
    session: () => Promise.reject(new Error('a context in memory has no stored session')),
    names: () => Promise.reject(new Error('a context in memory has no names')),
    tasks: async () => ({
      list: () => Promise.reject(new Error('unexpected call of list')),
      cancel: () => Promise.reject(new Error('unexpected call of cancel')),
      get: async () => {
        const next = looks.length > 1 ? looks.shift() : looks[0];
        if (next === undefined) throw new Error('unexpected call of get');
        return next;
      },
    }),
  };
  return { deps, terminal };
}
