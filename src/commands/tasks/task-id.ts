import { Argument } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import { knownNames, type NameDeps } from '../known-names.js';

/** The argument that names a task, completed from what the last `tasks` saw. */
export function taskId(deps: NameDeps): Argument {
  return withCompleter(new Argument('<id>', 'id of the task'), knownNames('tasks', deps));
}
