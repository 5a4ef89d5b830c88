import type { Clusters } from '../../../src/api/pks/clusters.js';

/** Creates a fake of `Clusters` with these methods; any other call fails. */
export function fakeClusters(known: Partial<Clusters> = {}): Clusters {
  const unexpected = (what: string) => () =>
    Promise.reject(new Error(`unexpected call of ${what}`));
  return {
    list: unexpected('list'),
    get: unexpected('get'),
    create: unexpected('create'),
    update: unexpected('update'),
    remove: unexpected('remove'),
    upgrade: unexpected('upgrade'),
    getUpgradeVersion: async () => undefined,
    ...known,
  };
}
