import { Argument } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import type { Services } from '../../services.js';

type Deps = Pick<Services, 'settings' | 'clusterNames' | 'options' | 'env'>;

/** The argument that names a cluster, completed from what the last `clusters` saw. */
export function clusterName({ settings, clusterNames, options, env }: Deps): Argument {
  return withCompleter(new Argument('<name>', 'name of the cluster'), async () => {
    const [file, cache] = await Promise.all([settings(), clusterNames()]);
    const context = options().context ?? env.TPKS_CONTEXT ?? (await file.read()).current;
    return context === undefined ? [] : [...(await cache.read(context))];
  });
}
