import { Argument } from 'commander';
import { withCompleter } from '../../../completion/completer.js';

/** The groups of a PKS installation; no others are worth a request at TAB. */
const pksGroups = ['pks.clusters.admin', 'pks.clusters.manage', 'pks.clusters.admin.read'];

/** The argument that names the group whose members change. */
export function groupArgument(): Argument {
  return withCompleter(new Argument('<group>', 'name of the group, e.g. pks.clusters.manage'), () =>
    Promise.resolve(pksGroups),
  );
}
