import { Argument } from 'commander';
import { withUaaNames } from '../../name-completion.js';

/** The argument for the group whose members are listed or changed. */
export function groupArgument(): Argument {
  const description = 'name of the group, e.g. pks.clusters.manage';
  return withUaaNames(new Argument('<group>', description), 'groups');
}
