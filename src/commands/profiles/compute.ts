import { profileCommands } from './profile-commands.js';
import { computeProfileDetails } from './compute-view.js';

export const { list, show, create, remove } = profileCommands({
  plural: 'compute-profiles',
  label: 'compute profile',
  contents: 'the sizes and zones of the control plane and of the node pools',
  examples: { show: 'three-zones', file: 'compute-profile.json' },
  resource: async () => (await import('../../pks/compute-profiles.js')).createComputeProfiles,
  columns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Description', cell: ({ description }) => description ?? '' },
  ],
  details: computeProfileDetails,
  readFile: async (path) => (await import('./compute-file.js')).readComputeProfile(path),
});
