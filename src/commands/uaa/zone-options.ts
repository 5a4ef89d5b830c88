import { InvalidArgumentError, Option } from 'commander';

/** Options of every command that asks the UAA with a token. */
export function zoneOptions(): Option[] {
  return [
    new Option('-z, --zone <subdomain>', 'act in this identity zone of the UAA').argParser(header),
    new Option('--zone-id <id>', 'the same, by the zone’s id').argParser(header).conflicts('zone'),
  ];
}

/** What can stand in a header. @throws {InvalidArgumentError} */
function header(value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new InvalidArgumentError('It must be letters, digits and signs, without blanks.');
}
