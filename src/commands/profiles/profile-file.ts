import { Argument } from 'commander';
import { withFileNames } from '../../completion/completer.js';

/** The argument that names the file a profile is made of. */
export function profileFile(): Argument {
  return withFileNames(new Argument('<file>', 'JSON or YAML file that holds the profile'));
}
