import type { Context } from '../contexts/context.js';
import type { DryRunOption } from '../http/dry-run.js';
import type { Send } from '../http/send.js';
import type { Clusters } from '../pks/clusters.js';
import type { Tasks } from '../pks/tasks.js';
import { memoize } from './once.js';

/** Loads a resource's file on first use, and returns the function that creates its client. */
export type LoadResource<T> = () => Promise<(send: Send, api: string) => T>;

/** Clients for the resources of the PKS API, with the current context's token. */
export interface PksServices {
  readonly pksResource: <T>(load: LoadResource<T>, options?: DryRunOption) => Promise<T>;
  readonly clusters: (options?: DryRunOption) => Promise<Clusters>;
  /** The clusters of another context. */
  readonly clustersIn: (context: string) => Promise<Clusters>;
  readonly tasks: () => Promise<Tasks>;
}

interface PksServicesDeps {
  /** The context that PKS commands use. */
  readonly context: () => Promise<Context>;
  readonly findContext: (name: string) => Promise<Context>;
  /** Sends with the context's token. */
  readonly bearerSend: (context: Context) => Promise<Send>;
}

export function createPksServices({
  context,
  findContext,
  bearerSend,
}: PksServicesDeps): PksServices {
  /** If a request fails, `send` throws an error with the message of the original CLI. */
  const connect = async (
    context: Context,
  ): Promise<{ readonly send: Send; readonly api: string }> => {
    const [
      { withStatusErrors },
      { explainPksFailure },
      { formatLoginCommand },
      { apiOf },
      signedSend,
    ] = await Promise.all([
      import('../http/status-error.js'),
      import('../pks/explain-failure.js'),
      import('../auth/login-command.js'),
      import('../contexts/installation.js'),
      bearerSend(context),
    ]);
    return {
      send: withStatusErrors(signedSend, explainPksFailure(formatLoginCommand(context))),
      api: apiOf(context),
    };
  };
  const cacheKey = ({ dryRun = false }: DryRunOption) => String(dryRun);
  const current = memoize(cacheKey, async ({ dryRun = false }) => {
    const { send, api } = await connect(await context());
    if (!dryRun) return { send, api };
    return { send: (await import('../http/dry-run.js')).withDryRun(send), api };
  });
  const pksResource = async <T>(load: LoadResource<T>, options: DryRunOption = {}): Promise<T> => {
    const [create, { send, api }] = await Promise.all([load(), current(options)]);
    return create(send, api);
  };

  return {
    pksResource,
    clusters: (options) =>
      pksResource(async () => (await import('../pks/clusters.js')).createClusters, options),
    clustersIn: async (name) => {
      const [{ createClusters }, { send, api }] = await Promise.all([
        import('../pks/clusters.js'),
        connect(await findContext(name)),
      ]);
      return createClusters(send, api);
    },
    tasks: () => pksResource(async () => (await import('../pks/tasks.js')).createTasks),
  };
}
