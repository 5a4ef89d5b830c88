import { withHeading, type Entry } from '../contents.js';
import type { ProfileCommands } from './profile-commands.js';

/** PKS commands are not grouped: the root command lists all of them. */
export const contents = withHeading('Profiles:', [
  ...family('network', 'network', () => import('./network.js')),
  ...family('kubernetes', 'Kubernetes', () => import('./kubernetes.js'), 'k8s'),
  ...family('compute', 'compute', () => import('./compute.js')),
]);

/** Creates the entries of a profile family. @param short - an alternative name, as in the `pks` CLI. */
function family(
  name: string,
  label: string,
  load: () => Promise<ProfileCommands>,
  short?: string,
): Entry[] {
  const entry = (
    toCommandName: (family: string) => string,
    summary: string,
    command: keyof ProfileCommands,
  ): Entry => ({
    name: toCommandName(name),
    ...(short === undefined ? {} : { aliases: [toCommandName(short)] }),
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
