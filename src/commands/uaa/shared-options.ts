import { Option } from 'commander';
import { zoneOptions } from './zone-options.js';

/** Options that stand anywhere on a line of the uaa commands. */
export function sharedOptions(): Option[] {
  return [...zoneOptions(), new Option('-t, --debug', 'the same as --trace').hideHelp()];
}
