import { InvalidArgumentError, Option } from 'commander';
import { zoneOptions } from './zone-options.js';

/** Options that stand anywhere on a line of the uaa commands. */
export function sharedOptions(): Option[] {
  return [...zoneOptions(), ...uaacOptions()];
}

/** Nobody learns these anew, and scripts say them. */
function uaacOptions(): Option[] {
  return [
    new Option('-t, --debug', 'the same as --trace').hideHelp(),
    new Option('--no-debug').hideHelp(),
    // The root has the other half, so commander would take this one for on.
    new Option('--no-trace').default(false).hideHelp(),
    new Option('--config [file]').argParser(rejectConfig).hideHelp(),
  ];
}

/** @throws {InvalidArgumentError} */
function rejectConfig(): never {
  throw new InvalidArgumentError(
    'tpks keeps its state in a directory: TPKS_HOME=DIR names another.',
  );
}
