import type { Context } from '../contexts/context.js';
import type { Writing } from '../http/dry-run.js';
import type { Send } from '../http/send.js';
import type { Clusters } from '../pks/clusters.js';
import type { Tasks } from '../pks/tasks.js';
import { memoised } from './once.js';

/** Loads a resource's file on first use, and returns how to create its client. */
export type LoadResource<T> = () => Promise<(send: Send, api: string) => T>;

/** The resources of the PKS API, as the current context sees them. */
export interface PksServices {
  readonly pksResource: <T>(load: LoadResource<T>, how?: Writing) => Promise<T>;
  readonly clusters: (how?: Writing) => Promise<Clusters>;
  /** The clusters that another context sees, by its name. */
  readonly clustersOf: (context: string) => Promise<Clusters>;
  readonly tasks: () => Promise<Tasks>;
}

interface PksServicesDeps {
  /** The context that PKS commands use. */
  readonly context: () => Promise<Context>;
  readonly contextNamed: (name: string) => Promise<Context>;
  /** With the context's token. */
  readonly bearerSend: (context: Context) => Promise<Send>;
}

export function createPksServices({
  context,
  contextNamed,
  bearerSend,
}: PksServicesDeps): PksServices {
  /** The PKS API of the context, its failures in the words of the original. */
  const apiAt = async (of: Context): Promise<{ readonly send: Send; readonly api: string }> => {
    const [{ withStatusErrors }, { explainPks }, { loginCommand }, { apiOf }, signedSend] =
      await Promise.all([
        import('../http/status-error.js'),
        import('../pks/status.js'),
        import('../auth/login-command.js'),
        import('../contexts/installation.js'),
        bearerSend(of),
      ]);
    return { send: withStatusErrors(signedSend, explainPks(loginCommand(of))), api: apiOf(of) };
  };
  const byDryRun = ({ dryRun = false }: Writing) => String(dryRun);
  const current = memoised(byDryRun, async ({ dryRun = false }) => {
    const { send, api } = await apiAt(await context());
    if (!dryRun) return { send, api };
    return { send: (await import('../http/dry-run.js')).withDryRun(send), api };
  });
  const pksResource = async <T>(load: LoadResource<T>, how: Writing = {}): Promise<T> => {
    const [create, { send, api }] = await Promise.all([load(), current(how)]);
    return create(send, api);
  };

  return {
    pksResource,
    clusters: (how) =>
      pksResource(async () => (await import('../pks/clusters.js')).createClusters, how),
    clustersOf: async (name) => {
      const [{ createClusters }, { send, api }] = await Promise.all([
        import('../pks/clusters.js'),
        apiAt(await contextNamed(name)),
      ]);
      return createClusters(send, api);
    },
    tasks: () => pksResource(async () => (await import('../pks/tasks.js')).createTasks),
  };
}
