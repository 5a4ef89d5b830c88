import { Argument } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import { knownNames, type NameDeps } from '../known-names.js';

/** The argument that names an owner, completed from what the last `quotas` or `usages` saw. */
export function ownerName(deps: NameDeps): Argument {
  return withCompleter(
    new Argument('<owner>', 'name of the user, or id of the client, that owns clusters'),
    knownNames('owners', deps),
  );
}
