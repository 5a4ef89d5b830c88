import { toDisplayText, isObject, type JsonObject } from '../../json-value.js';
import { createNetworkProfiles, type Profile } from '../../pks/profiles.js';
import { formatDetails } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';
import { indentLines, formatProfile, profileCommands } from './profile-commands.js';

export const { list, show, create, remove } = profileCommands({
  plural: 'network-profiles',
  label: 'network profile',
  contents: 'NSX-T settings for clusters',
  examples: { show: 'np-prod', file: 'network-profile.json' },
  resource: createNetworkProfiles,
  columns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Description', cell: ({ description }) => description ?? '' },
  ],
  formatDetails: formatNetworkProfile,
  readFile: async (file) => (await import('./network-file.js')).readNetworkProfile(file),
});

/** Formats a network profile. The output of the `pks` CLI is not documented. @see pks-cli, section 15 */
export function formatNetworkProfile(profile: Profile): Line[] {
  return formatProfile(profile, (parameters) => formatFields(parameters, 2));
}

/** Formats fields as `key:  value` lines in their original order, and indents nested objects. */
function formatFields(fields: JsonObject, indent: number): Line[] {
  const scalars = Object.entries(fields).filter(([, value]) => !isObject(value));
  const longestKey = scalars.reduce((longest, [key]) => Math.max(longest, key.length), 0);
  const valueColumn = longestKey + 3;
  return Object.entries(fields).flatMap(([key, value]): Line[] => {
    const nested = isObject(value) ? value : undefined;
    const line = formatDetails([[key, nested ? '' : toDisplayText(value)]], valueColumn);
    return [...indentLines(indent, line), ...(nested ? formatFields(nested, indent + 2) : [])];
  });
}
