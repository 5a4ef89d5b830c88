import { localTimes } from '../local-time.js';
import { profileCommands } from './profile-commands.js';
import { kubernetesProfileDetails } from './kubernetes-view.js';

const time = localTimes('');

/** The original's table. @see pks-cli, section 10 */
export const { list, show, create, remove } = profileCommands({
  plural: 'kubernetes-profiles',
  label: 'Kubernetes profile',
  contents: 'settings of Kubernetes components',
  examples: { show: 'audited', file: 'kubernetes-profile.json' },
  fileNote: 'Files named under file-arguments, relative to this file, are read and sent with it. ',
  resource: async () => (await import('../../pks/kubernetes-profiles.js')).createKubernetesProfiles,
  columns: [
    { head: 'K8s-profile', cell: ({ name }) => name },
    { head: 'Owner', cell: ({ owner }) => owner ?? '' },
    { head: 'Created Date', cell: ({ created_at }) => time(created_at) },
    { head: 'Description', cell: ({ description }) => description ?? '', wide: true },
  ],
  details: (profile) => kubernetesProfileDetails(profile, time),
  readFile: async (path) => (await import('./kubernetes-file.js')).readKubernetesProfile(path),
});
