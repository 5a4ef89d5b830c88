import { InvalidArgumentError, Option, type Command } from 'commander';
import { TpksError } from '../../errors.js';

/** Options of every command that asks the UAA with a token. */
export function zoneOptions(): Option[] {
  return [
    new Option('-z, --zone <subdomain>', 'act in this identity zone of the UAA').argParser(
      parseHeaderValue,
    ),
    new Option('--zone-id <id>', 'the same, by the zone’s id')
      .argParser(parseHeaderValue)
      .conflicts('zone'),
  ];
}

/**
 * For a command that sends no token to the UAA: there a zone would be dropped in silence, and the
 * wrong one answer.
 * @see uaa-api, section 10.3: the header is looked at after the token alone
 */
export function withoutZone(command: Command): Command {
  return command
    .configureHelp({ ...command.configureHelp(), visibleGlobalOptions: () => [] })
    .hook('preAction', () => {
      const { zone, zoneId } = command.optsWithGlobals<{ zone?: string; zoneId?: string }>();
      if (zone === undefined && zoneId === undefined) return;
      const [flag, way] =
        zone === undefined
          ? ['--zone-id', 'by the subdomain that tpks uaa zones shows']
          : ['--zone', `tpks uaa target https://${zone}.HOST:8443`];
      throw new TpksError(
        'usage',
        `${flag} does nothing here: a UAA goes by it only where a token comes along`,
        { hint: `leave it out; a zone has its own logins, at a target of its own: ${way}` },
      );
    });
}

/** What can stand in a header. @throws {InvalidArgumentError} */
function parseHeaderValue(value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new InvalidArgumentError('It must be letters, digits and signs, without blanks.');
}
