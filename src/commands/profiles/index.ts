import { under, type Entry } from '../contents.js';
import type { ProfileCommands } from './profile-commands.js';

/** PKS commands have no groups: the root lists them together with its own. */
export const contents = under('Profiles:', [
  ...family('network', 'network', () => import('./network.js')),
  ...family('kubernetes', 'Kubernetes', () => import('./kubernetes.js'), 'k8s'),
  ...family('compute', 'compute', () => import('./compute.js')),
]);

/** The commands of a family. @param short - the original also accepts this name of the family */
function family(
  name: string,
  label: string,
  load: () => Promise<ProfileCommands>,
  short?: string,
): Entry[] {
  const entry = (
    nameIn: (family: string) => string,
    summary: string,
    command: keyof ProfileCommands,
  ): Entry => ({
    name: nameIn(name),
    ...(short === undefined ? {} : { aliases: [nameIn(short)] }),
    summary,
    load: async () => (await load())[command],
  });
  return [
    entry((family) => `${family}-profiles`, `list ${label} profiles`, 'list'),
    entry((family) => `${family}-profile`, `show a ${label} profile`, 'show'),
    entry(
      (family) => `create-${family}-profile`,
      `create a ${label} profile from a file`,
      'create',
    ),
    entry((family) => `delete-${family}-profile`, `delete a ${label} profile`, 'remove'),
  ];
}
