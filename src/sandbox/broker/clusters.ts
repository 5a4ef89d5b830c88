/** A cluster as the PKS API answers with it; the owner is the broker's own knowledge. */
export interface ClusterRecord {
  readonly owner: string;
  /** When the operation under way ends by itself, epoch milliseconds. */
  readonly finishesAt?: number;
  readonly cluster: Readonly<Record<string, unknown>> & { readonly name: string };
}

/** All clusters of the installation. */
export interface ClusterState {
  /** In the order in which they were made, as they are at this moment. */
  readonly all: () => readonly ClusterRecord[];
}

/**
 * @param now - epoch milliseconds; operations advance with it.
 */
export function createClusterState(
  seed: readonly ClusterRecord[],
  now: () => number,
): ClusterState {
  return {
    all: () => seed.map((record) => advanced(record, now())),
  };
}

/** A creation that has had its time has succeeded. */
function advanced(record: ClusterRecord, now: number): ClusterRecord {
  const { finishesAt, cluster } = record;
  if (finishesAt === undefined || now < finishesAt) return record;
  return {
    ...record,
    cluster: {
      ...cluster,
      last_action_state: 'succeeded',
      last_action_description: 'Instance provisioning completed',
      kubernetes_master_ips: ['10.0.8.9'],
    },
  };
}
