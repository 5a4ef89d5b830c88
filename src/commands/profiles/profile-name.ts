import { Argument } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import type { NameKind } from '../../config/name-cache.js';
import { knownNames, type NameDeps } from '../known-names.js';

export type ProfileKind = Extract<NameKind, `${string}-profiles`>;

/** The argument that names a profile, completed from what the last list of its kind saw. */
export function profileName(kind: ProfileKind, deps: NameDeps): Argument {
  return withCompleter(new Argument('<name>', 'name of the profile'), knownNames(kind, deps));
}
