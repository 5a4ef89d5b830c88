import { Argument } from 'commander';
import { withCompleter } from '../../../completion/completer.js';

/** For completion: the groups that PKS uses. Other groups are not requested, which would be slow. */
const pksGroups = ['pks.clusters.admin', 'pks.clusters.manage', 'pks.clusters.admin.read'];

/** The argument for a group of which members are listed or changed. */
export function groupArgument(): Argument {
  return withCompleter(new Argument('<group>', 'name of the group, e.g. pks.clusters.manage'), () =>
    Promise.resolve(pksGroups),
  );
}
