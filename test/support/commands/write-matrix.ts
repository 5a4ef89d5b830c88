import type { Outcome, User } from '../fixtures/users.js';

/** A resource that a command changes. */
export type ResourceKind = 'cluster' | 'task' | 'quota' | ProfileKind;

export type ProfileKind = 'network' | 'compute' | 'kubernetes';

/** A command that changes something at the PKS API, and what happens when each user runs it. */
export interface WriteRow {
  readonly command: string;
  readonly subject: string;
  /** For alana, cody, naomi and dana. */
  readonly outcomes: readonly Outcome[];
  /** @param writeProfile - writes the file of a profile and returns its path. */
  readonly words: (
    name: string,
    writeProfile: (kind: ProfileKind, name: string) => string,
  ) => readonly string[];
  /** The resource to create first; `undefined` if the command itself creates one. */
  readonly target?: { readonly kind: ResourceKind; readonly owner: User };
}

const managers: Outcome[] = ['done', 'done', 403, 403];
const administrators: Outcome[] = ['done', 403, 403, 403];
const others: Outcome[] = ['done', 404, 403, 403];

const onlyName = (name: string): string[] => [name];

/** Managers can change only their own resources. */
const createOwnedRows = (
  command: string,
  kind: ResourceKind,
  words: WriteRow['words'] = onlyName,
): WriteRow[] => [
  {
    ...{ command, words, subject: 'a resource of cody', outcomes: managers },
    target: { kind, owner: 'cody' },
  },
  {
    ...{ command, words, subject: 'a resource of alana', outcomes: others },
    target: { kind, owner: 'alana' },
  },
];

/** The server ignores the owner of the resource. */
const createUnownedRow = (
  command: string,
  kind: ResourceKind,
  words: WriteRow['words'] = onlyName,
): WriteRow => ({
  ...{ command, words, subject: 'an existing resource', outcomes: administrators },
  target: { kind, owner: 'alana' },
});

const createNewNameRow = (
  command: string,
  outcomes: Outcome[],
  words: WriteRow['words'],
): WriteRow => ({ command, subject: 'a new name', outcomes, words });

/** Words that create a cluster or a quota. */
export const clusterOptions = ['-e', 'x.example.com', '-p', 'small'];
export const quotaOptions = ['--cpu', '4', '--memory', '5.5', '--clusters', '10'];

/** Every command that changes something at the PKS API. */
export const writeMatrix: readonly WriteRow[] = [
  createNewNameRow('create-cluster', managers, (name) => [name, ...clusterOptions]),
  ...createOwnedRows('update-cluster', 'cluster', (name) => [name, '--tags', 'a:b']),
  ...createOwnedRows('resize', 'cluster', (name) => [name, '--num-nodes', '2']),
  ...createOwnedRows('upgrade-cluster', 'cluster'),
  ...createOwnedRows('upgrade-clusters', 'cluster', (name) => ['--clusters', name]),
  ...createOwnedRows('delete-cluster', 'cluster'),
  ...createOwnedRows('cancel-task', 'task'),
  createNewNameRow('create-network-profile', administrators, (name, write) => [
    write('network', name),
  ]),
  createUnownedRow('delete-network-profile', 'network'),
  createNewNameRow('create-compute-profile', administrators, (name, write) => [
    write('compute', name),
  ]),
  createUnownedRow('delete-compute-profile', 'compute'),
  createNewNameRow('create-kubernetes-profile', managers, (name, write) => [
    write('kubernetes', name),
  ]),
  ...createOwnedRows('delete-kubernetes-profile', 'kubernetes'),
  createNewNameRow('create-quota', administrators, (name) => [name, ...quotaOptions]),
  createUnownedRow('update-quota', 'quota', (name) => [name, ...quotaOptions]),
  createUnownedRow('delete-quota', 'quota'),
];
