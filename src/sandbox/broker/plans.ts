/** A plan that clusters can be created from. @see docs/contributing/servers/pks-api.md#plans */
export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Number of workers if the request to create a cluster does not specify it. */
  readonly worker_instances: number;
  readonly master_instances: number;
  readonly 'allow-privileged-containers': boolean;
}

/** A plan with properties that the API does not return. */
export interface PlanDefinition {
  readonly plan: Plan;
  readonly maximumWorkers: number;
  /** Size of each machine, master or worker; memory in GB. */
  readonly machine: { readonly cpu: number; readonly memory: number };
  /** Whether all operations on clusters with this plan fail, except deletion. */
  readonly fails: boolean;
}

/** The three default plans of the PKS tile, and a plan with operations that fail. */
export const planDefinitions: readonly [PlanDefinition, ...PlanDefinition[]] = [
  {
    plan: {
      id: '8A0E21A8-8072-4D80-B365-D1F502085560',
      name: 'small',
      description:
        'Example: This plan will configure a lightweight kubernetes cluster. ' +
        'Not recommended for production workloads.',
      worker_instances: 3,
      master_instances: 1,
      'allow-privileged-containers': false,
    },
    maximumWorkers: 5,
    machine: { cpu: 2, memory: 4 },
    fails: false,
  },
  {
    plan: {
      id: '58375a45-17f7-4291-acf1-455bfdc8e371',
      name: 'medium',
      description:
        'Example: This plan will configure a medium sized kubernetes cluster, ' +
        'suitable for more pods.',
      worker_instances: 5,
      master_instances: 3,
      'allow-privileged-containers': false,
    },
    maximumWorkers: 15,
    machine: { cpu: 4, memory: 16 },
    fails: false,
  },
  {
    plan: {
      id: '241118e5-69b2-4ef9-b47f-4d2ab071aff5',
      name: 'large',
      description:
        'Example: This plan will configure a large kubernetes cluster ' +
        'for resource heavy workloads, or a high number of workloads.',
      worker_instances: 5,
      master_instances: 3,
      'allow-privileged-containers': false,
    },
    maximumWorkers: 50,
    machine: { cpu: 8, memory: 32 },
    fails: false,
  },
  {
    plan: {
      id: '0f5f5a3e-6f3c-4a3d-9d0b-6f6d1b6f7c9a',
      name: 'fails',
      description: 'Sandbox: all operations on clusters with this plan fail, except deletion.',
      worker_instances: 1,
      master_instances: 1,
      'allow-privileged-containers': false,
    },
    maximumWorkers: 5,
    machine: { cpu: 2, memory: 4 },
    fails: true,
  },
];

export function findPlanDefinition(planName: string): PlanDefinition | undefined {
  return planDefinitions.find(({ plan }) => plan.name === planName);
}

/** Kubernetes settings of all plans, for clusters without their own settings. */
export const planSettings = {
  kubelet_drain_timeout: '0',
  kubelet_drain_grace_period: '10',
  kubelet_drain_force: 'true',
  kubelet_drain_ignore_daemonsets: 'true',
  kubelet_drain_delete_local_data: 'true',
  kubelet_drain_force_node: 'false',
};
