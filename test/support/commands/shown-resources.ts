/** A task that exists in the sandbox. */
const taskId = 'd772aba0-2670-4fba-b26c-044b19d6ab60';

/** Commands with a summary that starts with list or show, but without `-o name`, grouped by the reason. */
export const otherShowCommands: Readonly<Record<string, string>> = {
  help: 'shows pages of text',
  'uaa plan': 'shows changes, which have no names',
  expiry:
    'fails, because the clusters of the sandbox have no addresses; expiry.test.ts tests the formats',
};

/** Whether a command in `shownResources` prints a list, with the formats `table`, `wide` and `csv`. */
export function isListCommand(words: string, summary: string): boolean {
  return summary.startsWith('list') || words === 'uaa user ids';
}

/** Arguments of each command that lists or shows resources, and one of the names that it prints. */
export const shownResources: Readonly<
  Record<string, readonly [args: string, name: string | RegExp]>
> = {
  status: ['', 'alana@localhost'],
  'context show': ['', 'alana@localhost'],
  contexts: ['', 'alana@localhost'],
  clusters: ['', 'dev-1'],
  cluster: ['dev-1', 'dev-1'],
  'kubeconfig list': ['', 'dev-1'],
  plans: ['', 'small'],
  tasks: ['', taskId],
  task: [taskId, taskId],
  'network-profiles': ['', 'np-prod'],
  'network-profile': ['np-prod', 'np-prod'],
  'kubernetes-profiles': ['', 'audited'],
  'kubernetes-profile': ['audited', 'audited'],
  'compute-profiles': ['', 'three-zones'],
  'compute-profile': ['three-zones', 'three-zones'],
  quotas: ['', 'cody'],
  quota: ['cody', 'cody'],
  usages: ['', 'cody'],
  usage: ['cody', 'cody'],
  'uaa target': ['', /^https:\/\/localhost:\d+$/],
  'uaa targets': ['', /^https:\/\/localhost:\d+$/],
  'uaa context': ['', 'admin'],
  'uaa contexts': ['', 'alana@localhost'],
  'uaa info': ['', /^https:\/\/localhost:\d+$/],
  'uaa me': ['--context alana', 'alana'],
  'uaa prompts': ['', 'password'],
  'uaa signing key': ['', /^[\w-]+$/],
  'uaa token decode': ['', /^[\w-]+$/],
  'uaa token list': ['--client admin', /^[\w-]+$/],
  access: ['', 'cody'],
  'uaa users': ['', 'cody'],
  'uaa user get': ['cody', 'cody'],
  'uaa user ids': ['cody', /^[\da-f-]{36}$/],
  'uaa groups': ['', 'pks.clusters.manage'],
  'uaa group get': ['pks.clusters.manage', 'pks.clusters.manage'],
  'uaa group mappings': ['', 'cn=ops'],
  'uaa members': ['pks.clusters.manage', 'cody'],
  'uaa clients': ['', 'pks_cli'],
  'uaa client get': ['pks_cli', 'pks_cli'],
  'uaa idps': ['', 'uaa'],
  'uaa idp get': ['uaa', 'uaa'],
  'uaa trust list': ['', 'app'],
  'uaa trust show': ['app', 'app'],
  'uaa zones': ['', 'uaa'],
};
