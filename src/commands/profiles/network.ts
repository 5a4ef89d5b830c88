import { displayText, isObject, type JsonObject } from '../../json-value.js';
import type { NetworkProfile } from '../../pks/network-profiles.js';
import { details } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';
import { indentLines, formatProfile, profileCommands } from './profile-commands.js';

export const { list, show, create, remove } = profileCommands({
  plural: 'network-profiles',
  label: 'network profile',
  contents: 'NSX-T settings for clusters',
  examples: { show: 'np-prod', file: 'network-profile.json' },
  resource: async () => (await import('../../pks/network-profiles.js')).createNetworkProfiles,
  columns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Description', cell: ({ description }) => description ?? '' },
  ],
  formatDetails: formatNetworkProfile,
  readFile: async (path) => (await import('./network-file.js')).readNetworkProfile(path),
});

/** @see pks-cli, section 15 */
export function formatNetworkProfile(profile: NetworkProfile): Line[] {
  return formatProfile(profile, (parameters) => formatFields(parameters, 2));
}

/** `key:  value` lines in the profile's own order; the members of an object are indented. */
function formatFields(members: JsonObject, indent: number): Line[] {
  const plain = Object.entries(members).filter(([, value]) => !isObject(value));
  const longestKey = plain.reduce((most, [key]) => Math.max(most, key.length), 0);
  const valueColumn = longestKey + 3;
  return Object.entries(members).flatMap(([key, value]): Line[] => {
    const inner = isObject(value) ? value : undefined;
    const own = details([[key, inner ? '' : displayText(value)]], valueColumn);
    return [...indentLines(indent, own), ...(inner ? formatFields(inner, indent + 2) : [])];
  });
}
