import { displayText, isObject, type JsonObject } from '../../json-value.js';
import type { NetworkProfile } from '../../pks/network-profiles.js';
import { details } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';
import { parametersOf } from './parameters.js';

/** Name, description, and below them the parameters. @see pks-cli, section 15 */
export function networkProfileDetails({ name, description, parameters }: NetworkProfile): Line[] {
  const members = parametersOf(parameters);
  return [
    '',
    ...details([
      ['Name', name],
      ['Description', description ?? ''],
      ['Parameters', members ? '' : displayText(parameters)],
    ]),
    ...(members ? memberLines(members, 2) : []),
  ];
}

/** `key:  value` lines in the profile's own order; what has members of its own goes deeper. */
function memberLines(members: JsonObject, indent: number): Line[] {
  const plain = Object.entries(members).filter(([, value]) => !isObject(value));
  const longestKey = plain.reduce((most, [key]) => Math.max(most, key.length), 0);
  const valueColumn = longestKey + 3;
  const margin = ' '.repeat(indent);
  return Object.entries(members).flatMap(([key, value]): Line[] => {
    const inner = isObject(value) ? value : undefined;
    const own = details([[key, inner ? '' : displayText(value)]], valueColumn);
    return [
      ...own.map((line) => [margin, ...(typeof line === 'string' ? [line] : line)]),
      ...(inner ? memberLines(inner, indent + 2) : []),
    ];
  });
}
