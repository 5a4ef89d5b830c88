import { createMemoryStorage, type Storage } from '../storage/storage.js';

export const profileKinds = ['network', 'compute', 'kubernetes'] as const;
export type ProfileKind = (typeof profileKinds)[number];

/** Named settings for clusters. The broker does not interpret their content. */
export interface Profile {
  readonly kind: ProfileKind;
  readonly name: string;
  readonly uuid: string;
  /** User name or client id of the creator. */
  readonly owner: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Profiles by kind and name. */
export type ProfileStore = ReturnType<typeof createProfileStore>;

/** Creates a store of profiles by kind and name. @param seed - initial profiles */
export function createProfileStore(
  seed: readonly Profile[] = [],
  storage: Storage = createMemoryStorage(),
) {
  const keyFor = (kind: ProfileKind, name: string) => JSON.stringify([kind, name]);
  const profiles = storage.collection<Profile>({
    name: 'profiles',
    key: ({ kind, name }) => keyFor(kind, name),
    seed: () => seed,
  });
  return {
    put: profiles.put,
    /** Returns the profiles of a kind, in the order of creation. */
    listByKind: profiles.getIndex('kind', ({ kind }) => kind),
    get: (kind: ProfileKind, name: string) => profiles.get(keyFor(kind, name)),
    delete: (kind: ProfileKind, name: string) => profiles.delete(keyFor(kind, name)),
  };
}

/** Creates the profiles of a new sandbox. @param startedAt - epoch milliseconds */
export function seedProfiles(startedAt: number): Profile[] {
  const createdAt = startedAt - 86_400_000;
  return seeds.map((seed) => ({ ...seed, createdAt }));
}

const createZone = (name: string) => ({ name, cpi: 'abc012abc345abc567de', cloud_properties: {} });

const seeds: readonly Omit<Profile, 'createdAt'>[] = [
  {
    kind: 'network',
    name: 'np-prod',
    uuid: '6f1a7d6c-3f0e-4a0c-8a53-0f6e6a0b9d11',
    owner: 'alana',
    content: {
      description: 'Small load balancer, wide pod subnets',
      parameters: JSON.stringify({ lb_size: 'small', pod_subnet_prefix: 24 }),
    },
  },
  {
    kind: 'network',
    name: 'np-routable',
    uuid: '0c7f4f0b-7a35-4a4e-9f0e-5c2f0e1a6b22',
    owner: 'alana',
    content: {
      description: 'Routable pods, large load balancer',
      parameters: JSON.stringify({
        lb_size: 'large',
        pod_routable: true,
        nodes_dns: ['8.8.8.8', '192.168.115.1'],
        cni_configurations: { type: 'nsxt', parameters: { nsx_lb: false } },
      }),
    },
  },
  {
    kind: 'compute',
    name: 'three-zones',
    uuid: '3b0d1f7e-55c1-4a57-8a55-2a5cf0d0c733',
    owner: 'alana',
    content: {
      description: 'Masters and workers in three zones',
      parameters: {
        azs: [createZone('az-1'), createZone('az-2'), createZone('az-3')],
        master_azs: ['az-1', 'az-2', 'az-3'],
        worker_azs: ['az-1', 'az-2', 'az-3'],
      },
    },
  },
  {
    kind: 'kubernetes',
    name: 'audited',
    uuid: '9a4b8c1d-0e5f-4b6a-9c7d-8e9f0a1b2c44',
    owner: 'alana',
    content: {
      description: 'Audit log on, node ports moved',
      customizations: [
        {
          component: 'kube-apiserver',
          arguments: { 'service-node-port-range': '30000-40000' },
          'file-arguments': {
            'audit-policy-file':
              'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n',
          },
        },
      ],
    },
  },
  {
    kind: 'kubernetes',
    name: 'cody-basic',
    uuid: '1d2e3f40-5162-4738-94a5-b6c7d8e9fa55',
    owner: 'cody',
    content: {
      description: 'More dead containers',
      experimental_customizations: [
        { component: 'kubelet', arguments: { 'maximum-dead-containers': '1000' } },
      ],
    },
  },
];
