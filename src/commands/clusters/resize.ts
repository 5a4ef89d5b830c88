import { TpksError } from '../../errors.js';
import { confirmDestruction, type ConfirmDeps } from '../confirm.js';
import { startUpdate, type UpdateDeps } from './change-cluster.js';
import { clusterCommand, type OperationInput } from './cluster-command.js';
import { readSettings, sizeOptions, tagsOption, toUpdate, type SettingFlags } from './settings.js';

type Deps = UpdateDeps & ConfirmDeps;

type Input = Pick<SettingFlags, 'numNodes' | 'nodePoolInstances' | 'tags'> & OperationInput;

export const { define } = clusterCommand({
  description:
    'Change the number of worker nodes of a cluster. update-cluster can do this as well.',
  examples: ['resize dev-1 --num-nodes 3', 'resize dev-1 -n 3 --wait --json --non-interactive'],
  options: () => [...sizeOptions(), tagsOption()],
  run: resize,
});

/** Asks for confirmation and starts a change of the number of workers. */
export async function resize(input: Input, deps: Deps): Promise<void> {
  const { name, numNodes, nodePoolInstances, wait = false, dryRun = false } = input;
  const size = numNodes ?? nodePoolInstances;
  const settings = await readSettings(input, [
    () => {
      if (size !== undefined) return;
      throw new TpksError('usage', 'The new size is missing', { hint: 'give it with --num-nodes' });
    },
  ]);
  if (!dryRun) {
    if (deps.terminal.wantsJson() && !wait) throw jsonNeedsWait();
    const question = `Are you sure you want to resize cluster ${name} to ${size ?? ''}? (y/n): `;
    const find = async () => (await deps.clusters()).get(name, { details: false });
    if (!(await confirmDestruction(question, find, deps))) return;
  }
  await startUpdate({ ...input, update: toUpdate(settings) }, deps);
}

/** The API's response to a resize is empty. @see pks-cli, section 14 */
function jsonNeedsWait(): TpksError {
  return new TpksError('usage', '--json works only with --wait here', {
    hint: 'the API answers a resize with nothing: add --wait, or look with tpks cluster NAME --json',
  });
}
