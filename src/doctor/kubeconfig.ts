import { isAbsolute } from 'node:path';
import type { OwnContext } from '../kube/kubeconfig/kubeconfig.js';
import { quoteForShell } from '../shell-quote.js';
import { pass, warn, type CheckResult } from './check.js';

/**
 * Checks that kubectl can start the credential plugin of the kubeconfig contexts that tpks created.
 * @param isExecutable - whether a program exists: a path, or a name on `PATH`.
 * @returns no results if no context uses the plugin.
 */
export function checkKubeconfig(
  contexts: readonly OwnContext[],
  isExecutable: (program: string) => boolean,
): readonly CheckResult[] {
  const byCommand = new Map<string, OwnContext[]>();
  for (const context of contexts) {
    const { pluginCommand } = context;
    if (pluginCommand === undefined) continue;
    byCommand.set(pluginCommand, [...(byCommand.get(pluginCommand) ?? []), context]);
  }
  return [...byCommand].map(([command, users]) => {
    const names = users.map(({ name }) => name).join(', ');
    if (isExecutable(command)) return pass('kubectl', `kubeconfig: ${command} runs for ${names}`);
    const problem = isAbsolute(command) ? 'does not exist' : 'is not on PATH';
    const [cluster = 'CLUSTER'] = users.map(({ owner }) => owner.cluster);
    return warn(
      'kubectl',
      `kubeconfig: ${command}, which kubectl runs for ${names}, ${problem}`,
      `write the entries again: tpks get-credentials ${quoteForShell(cluster)} --no-switch`,
    );
  });
}
