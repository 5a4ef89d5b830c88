import { Argument } from 'commander';
import { withCompleter } from '../../../completion/completer.js';

/** Completion offers only the groups that PKS uses, so that pressing Tab needs no request. */
const pksGroups = ['pks.clusters.admin', 'pks.clusters.manage', 'pks.clusters.admin.read'];

/** The argument for the group whose members are listed or changed. */
export function groupArgument(): Argument {
  return withCompleter(new Argument('<group>', 'name of the group, e.g. pks.clusters.manage'), () =>
    Promise.resolve(pksGroups),
  );
}
