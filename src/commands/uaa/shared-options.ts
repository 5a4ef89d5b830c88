import { InvalidArgumentError, Option } from 'commander';
import { zoneOptions } from './zone-options.js';

/** The options that every uaa command accepts. */
export function sharedOptions(): Option[] {
  return [...zoneOptions(), ...uaacOptions()];
}

/** Options of `uaac`, accepted because scripts use them. */
function uaacOptions(): Option[] {
  return [
    new Option('-t, --debug', 'same as --trace').hideHelp(),
    new Option('--no-debug').hideHelp(),
    // The root command defines --trace. Without this default, commander would set it to true here.
    new Option('--no-trace').default(false).hideHelp(),
    new Option('--config [file]').argParser(rejectConfig).hideHelp(),
  ];
}

/** @throws {InvalidArgumentError} always: tpks has no configuration file to choose. */
function rejectConfig(): never {
  throw new InvalidArgumentError('set TPKS_HOME to use another folder for settings and tokens');
}
