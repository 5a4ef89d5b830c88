import { type Command, InvalidArgumentError, Option } from 'commander';
import { TpksError } from '../../base/errors.js';
import type { Leaf } from '../command-table.js';

/** The options that every uaa command accepts. */
export function sharedOptions(): Option[] {
  return [
    new Option('-z, --zone <subdomain>', 'identity zone, by subdomain').argParser(parseHeaderValue),
    new Option('--zone-id <id>', 'identity zone, by id')
      .argParser(parseHeaderValue)
      .conflicts('zone'),
    // Options of `uaac`, accepted because scripts use them.
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

/**
 * Rejects the zone options in a command that sends no token to the UAA. The UAA would ignore the zone
 * header there, and the response would come from another zone.
 * @see docs/contributing/servers/uaa.md#zones: the UAA reads the header only after it has accepted a token
 */
export function rejectZoneOptions(command: Command): Command {
  return command
    .configureHelp({ ...command.configureHelp(), visibleGlobalOptions: () => [] })
    .hook('preAction', () => {
      const { zone, zoneId } = command.optsWithGlobals<{ zone?: string; zoneId?: string }>();
      if (zone === undefined && zoneId === undefined) return;
      const flag = zone === undefined ? '--zone-id' : '--zone';
      throw new TpksError(
        'usage',
        `${flag} cannot be used with this command: the UAA ignores it in requests without a token`,
        {
          hint:
            'target the zone instead, by its subdomain (tpks uaa zones): ' +
            `tpks uaa target https://${zone ?? 'SUBDOMAIN'}.HOST:8443`,
        },
      );
    });
}

/** Applies {@link rejectZoneOptions} to a command that a kit defines. */
export function withoutZoneOptions(leaf: Leaf): Leaf {
  return {
    ...leaf,
    define: (command, services) => {
      leaf.define(rejectZoneOptions(command), services);
    },
  };
}

/** Creates a hidden spelling, with dashes, of the option that sets `attribute`. */
export function dashedOption(flags: string, attribute: string): Option {
  const option = new Option(flags).hideHelp();
  option.attributeName = () => attribute;
  return option;
}

/** @throws {InvalidArgumentError} if the value cannot be sent in a header. */
function parseHeaderValue(value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new InvalidArgumentError('use only ASCII letters, digits and punctuation, without spaces');
}
