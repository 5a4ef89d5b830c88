import { systemClock } from '../../../src/base/clock.js';
import { isTpksError } from '../../../src/base/errors.js';
import { createKubeconfig } from '../../../src/domain/kube/kubeconfig/kubeconfig.js';
import { locateKubeconfig } from '../../../src/domain/kube/kubeconfig/storage.js';
import { createEntries } from '../fixtures/cluster-entries.js';

/**
 * Changes the kubeconfig of `KUBECONFIG`: `merge NAME...`, `remove NAME...`, or `list`. Prints the names
 * of the contexts that tpks created. `hang` takes the locks and keeps them.
 */
const [verb = '', ...names] = process.argv.slice(2);
const files = locateKubeconfig(process.env, process.platform);
const kubeconfig = createKubeconfig({
  files,
  clock: systemClock,
  defaultFormat: 'oidc',
  allowsOtherReaders: true,
});

try {
  if (verb === 'merge')
    await kubeconfig.merge(names.map(createEntries), { currentContext: names[0] });
  if (verb === 'remove') await kubeconfig.remove(names);
  if (verb === 'hang') {
    const { withFilesLocked } = await import('../../../src/domain/kube/kubeconfig/storage.js');
    process.on('SIGINT', () => process.exit(130));
    await withFilesLocked(files, systemClock, async () => {
      process.stdout.write('locked\n');
      await systemClock.sleep(60_000);
    });
  }
  const own = await kubeconfig.listOwn();
  process.stdout.write(`${own.map(({ name }) => name).join(' ')}\n`);
} catch (error) {
  if (!isTpksError(error)) throw error;
  process.stderr.write(`${error.kind}: ${error.message}\nHint: ${error.hint ?? ''}\n`);
  process.exitCode = 1;
}
