import { profileCommands } from './profile-commands.js';
import { networkProfileDetails } from './network-view.js';

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
  details: networkProfileDetails,
  readFile: async (path) => (await import('./network-file.js')).readNetworkProfile(path),
});
